//! The demo company, Northlight: its staff in the alpha realm, its customers in the bravo realm.

use serde_json::{Value, json};

use super::people::{CUSTOMERS, PLACES, Person, STAFF};
use crate::crest::Object;
use crate::crest::error::Result;
use crate::idm::{Idm, stable_uuid};

/// The departments of the company, and who is the head of each, by place in the staff.
const DEPARTMENTS: [(&str, &str); 8] = [
    ("Executive", "Leads the company"),
    ("Engineering", "Builds the products"),
    ("Finance", "Books, payroll and purchasing"),
    ("Operations", "Plants, logistics and field service"),
    ("Information Security", "Identity, access and incident response"),
    ("Marketing", "Brand, events and web"),
    ("Sales", "Key accounts and partners"),
    ("Human Resources", "Hiring, onboarding and training"),
];

/// Fills both realms.
pub(super) fn found(idm: &mut Idm) -> Result<()> {
    staff_realm(idm)?;
    customer_realm(idm)
}

fn staff_realm(idm: &mut Idm) -> Result<()> {
    let mut realm = Realm { name: "alpha", idm };
    for (name, description) in [
        ("employee", "Everyone on the payroll"),
        ("people-manager", "Approves requests of direct reports"),
        ("finance-approver", "Releases payments"),
        ("helpdesk", "Resets passwords and unlocks accounts"),
        ("contractor", "External staff, reviewed every quarter"),
    ] {
        realm.add("role", name, json!({"name": name, "description": description}))?;
    }
    for (name, description) in [
        ("vpn-users", "May connect from outside the offices"),
        ("github-engineering", "Seats in the engineering organization"),
        ("all-hands", "Mailing list of the whole company"),
    ] {
        realm.add("group", name, json!({"name": name, "description": description}))?;
    }
    realm.add(
        "assignment",
        "payroll-account",
        json!({
            "name": "Payroll account",
            "description": "An account in the payroll system",
            "type": "__RESOURCE__",
            "mapping": "managedAlpha_user_systemPayrollAccount",
            "attributes": [],
            "roles": [realm.reference("role", "employee")],
        }),
    )?;
    realm.organizations()?;
    for (index, person) in STAFF.iter().enumerate() {
        realm.employee(index, person)?;
    }
    for (name, template, kind) in [
        ("Expense Portal", "web", "oidcId"),
        ("Field Service App", "native", "oidcId"),
        ("Engineering Wiki", "spa", "oidcId"),
        ("Payroll", "saml", "idpLocation"),
        ("Cafeteria Menu", "bookmark", ""),
    ] {
        realm.application(name, template, kind)?;
    }
    Ok(())
}

fn customer_realm(idm: &mut Idm) -> Result<()> {
    let mut realm = Realm { name: "bravo", idm };
    for (name, description) in [
        ("customer", "Signed up for the customer portal"),
        ("premium-customer", "Has a service contract"),
    ] {
        realm.add("role", name, json!({"name": name, "description": description}))?;
    }
    realm.add(
        "group",
        "newsletter",
        json!({
            "name": "newsletter",
            "description": "Agreed to receive the newsletter",
        }),
    )?;
    realm.add("organization", "Customers", json!({"name": "Customers"}))?;
    for (index, person) in CUSTOMERS.iter().enumerate() {
        realm.customer(index, person)?;
    }
    realm.application("Customer Portal", "web", "oidcId")
}

/// One of the tenant's realms while it is being filled.
struct Realm<'a> {
    name: &'static str,
    idm: &'a mut Idm,
}

impl Realm<'_> {
    /// Adds an object that other objects can refer to by its kind and key.
    fn add(&mut self, kind: &str, key: &str, mut object: Value) -> Result<()> {
        object["_id"] = json!(self.id(kind, key));
        let Value::Object(object) = object else { return Ok(()) };
        self.idm.create(&format!("{}_{kind}", self.name), object).map(drop)
    }

    fn id(&self, kind: &str, key: &str) -> String {
        stable_uuid(&format!("{}_{kind}/{key}", self.name), 0).to_string()
    }

    fn reference(&self, kind: &str, key: &str) -> Value {
        let id = self.id(kind, key);
        json!({"_ref": format!("managed/{}_{kind}/{id}", self.name), "_refProperties": {}})
    }

    /// The company, its departments, and the teams of one of them.
    fn organizations(&mut self) -> Result<()> {
        let company = json!({"name": "Northlight", "description": "Northlight Instruments AB"});
        self.add("organization", "Northlight", company)?;
        let teams = [("Platform", "Engineering"), ("Firmware", "Engineering")];
        let departments = DEPARTMENTS.map(|(name, description)| (name, description, "Northlight"));
        let teams = teams.map(|(name, parent)| (name, "A team", parent));
        for (name, description, parent) in departments.into_iter().chain(teams) {
            let parent = self.reference("organization", parent);
            let object = json!({"name": name, "description": description, "parent": parent});
            self.add("organization", name, object)?;
        }
        Ok(())
    }

    fn employee(&mut self, index: usize, person: &Person) -> Result<()> {
        let heads = DEPARTMENTS.len();
        let department = index % heads;
        let mut user = user(index, person, "northlight.example");
        let mut roles = vec![self.reference("role", "employee")];
        let mut groups = vec![self.reference("group", "all-hands")];
        if index < heads {
            roles.push(self.reference("role", "people-manager"));
            groups.push(self.reference("group", "vpn-users"));
        }
        match DEPARTMENTS[department].0 {
            "Engineering" => groups.push(self.reference("group", "github-engineering")),
            "Finance" if index < 2 * heads => {
                roles.push(self.reference("role", "finance-approver"));
            }
            "Information Security" => roles.push(self.reference("role", "helpdesk")),
            _ => {}
        }
        if index % 17 == 16 {
            roles.push(self.reference("role", "contractor"));
            user.insert("description".to_owned(), json!("Contractor until the end of the year"));
        }
        // Everyone reports to the head of the department, the heads to the first of them.
        if index > 0 {
            let manager = if index < heads { 0 } else { department };
            user.insert("manager".to_owned(), self.reference("user", STAFF[manager].account));
        }
        let organization = self.reference("organization", DEPARTMENTS[department].0);
        user.extend([
            ("roles".to_owned(), json!(roles)),
            ("groups".to_owned(), json!(groups)),
            ("memberOfOrg".to_owned(), json!([organization])),
            ("frIndexedString1".to_owned(), json!(DEPARTMENTS[department].0)),
            ("frIndexedInteger1".to_owned(), json!(10_001 + index)),
            ("custom_costCenter".to_owned(), json!(format!("CC-{:03}", 100 + 10 * department))),
        ]);
        self.add("user", person.account, user.into())
    }

    fn customer(&mut self, index: usize, person: &Person) -> Result<()> {
        let mut user = user(index, person, "mail.example");
        let mut roles = vec![self.reference("role", "customer")];
        if index.is_multiple_of(4) {
            roles.push(self.reference("role", "premium-customer"));
            user.insert("description".to_owned(), json!("Service contract, gold"));
        }
        let newsletter = self.reference("group", "newsletter");
        let groups: Vec<Value> =
            index.is_multiple_of(3).then_some(newsletter).into_iter().collect();
        user.extend([
            ("roles".to_owned(), json!(roles)),
            ("groups".to_owned(), json!(groups)),
            ("memberOfOrg".to_owned(), json!([self.reference("organization", "Customers")])),
        ]);
        self.add("user", person.account, user.into())
    }

    /// Adds an application record. `entity` names the sort of its entry in AM, if it has one.
    fn application(&mut self, name: &str, template: &str, entity: &str) -> Result<()> {
        let slug = name.to_lowercase().replace(' ', "-");
        let mut sso_entities = Object::new();
        if !entity.is_empty() {
            sso_entities.insert(entity.to_owned(), json!(slug));
        }
        let (owner, role) = match self.name {
            "alpha" => (STAFF[1].account, "employee"),
            _ => (CUSTOMERS[0].account, "customer"),
        };
        self.add(
            "application",
            name,
            json!({
                "name": name,
                "description": format!("{name} of Northlight"),
                "url": format!("https://{slug}.northlight.example"),
                "templateName": template,
                "templateVersion": "1.0",
                "authoritative": false,
                "ssoEntities": sso_entities,
                "owners": [self.reference("user", owner)],
                "roles": [self.reference("role", role)],
            }),
        )
    }
}

/// The properties that users of both realms have.
fn user(index: usize, person: &Person, mail_domain: &str) -> Object {
    let place = &PLACES[index % PLACES.len()];
    let status = if index % 11 == 10 { "inactive" } else { "active" };
    let properties = [
        ("userName", json!(person.account)),
        ("givenName", json!(person.given)),
        ("sn", json!(person.family)),
        ("cn", json!(format!("{} {}", person.given, person.family))),
        ("mail", json!(format!("{}@{mail_domain}", person.account))),
        ("telephoneNumber", json!(format!("{} {:04}", place.dial, 100 + index))),
        ("city", json!(place.city)),
        ("country", json!(place.country)),
        ("accountStatus", json!(status)),
        (
            "preferences",
            json!({"updates": index.is_multiple_of(2), "marketing": index.is_multiple_of(3)}),
        ),
    ];
    properties.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::{Seed, idm};
    use super::*;

    #[test]
    fn the_company_keeps_to_the_rules_of_its_tenant() {
        assert!(idm(Seed::Demo).is_ok());
        assert!(idm(Seed::Empty).is_ok());
    }

    #[test]
    fn accounts_are_ascii_and_unique() {
        let accounts: BTreeSet<_> = STAFF.iter().chain(&CUSTOMERS).map(|p| p.account).collect();
        assert_eq!(accounts.len(), STAFF.len() + CUSTOMERS.len());
        assert!(accounts.iter().all(|account| account.is_ascii()));
    }
}
