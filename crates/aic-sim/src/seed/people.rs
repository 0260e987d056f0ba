//! Names and places to make users of.

/// Someone's name, and the letters that their user name is made of.
pub(super) struct Person {
    pub(super) given: &'static str,
    pub(super) family: &'static str,
    pub(super) account: &'static str,
}

const fn person(given: &'static str, family: &'static str, account: &'static str) -> Person {
    Person { given, family, account }
}

/// The company's people: the first eight lead the departments.
pub(super) static STAFF: [Person; 60] = [
    person("Astrid", "Lindqvist", "alindqvist"),
    person("Daniel", "Okonkwo", "dokonkwo"),
    person("María José", "Fernández", "mfernandez"),
    person("Henrik", "Sørensen", "hsorensen"),
    person("Priya", "Raghunathan", "praghunathan"),
    person("Zoë", "van der Meer", "zvandermeer"),
    person("Tomasz", "Wiśniewski", "twisniewski"),
    person("Grace", "O'Sullivan", "gosullivan"),
    person("Björn", "Þorsteinsson", "bthorsteinsson"),
    person("Chloé", "Lefèvre", "clefevre"),
    person("Jürgen", "Müller", "jmuller"),
    person("Yuki", "Tanaka", "ytanaka"),
    person("Li", "Wei", "lwei"),
    person("Fatima", "El Amrani", "felamrani"),
    person("Noah", "Anderson", "nanderson"),
    person("Ines", "Gonçalves", "igoncalves"),
    person("Łukasz", "Żak", "lzak"),
    person("Aoife", "Byrne", "abyrne"),
    person("Mehmet", "Yılmaz", "myilmaz"),
    person("Anjali", "Deshpande", "adeshpande"),
    person("Søren", "Kjær", "skjaer"),
    person("Olena", "Kovalenko", "okovalenko"),
    person("Jan", "Novák", "jnovak"),
    person("Emily", "Carter", "ecarter"),
    person("Đặng", "Thị Hoa", "dthihoa"),
    person("Samuel", "Adeyemi", "sadeyemi"),
    person("Freya", "Whitfield", "fwhitfield"),
    person("Mateo", "Ibáñez", "mibanez"),
    person("Katarína", "Horváthová", "khorvathova"),
    person("Ahmed", "Hassan", "ahassan"),
    person("Liisa", "Mäkinen", "lmakinen"),
    person("Jonas", "Petrauskas", "jpetrauskas"),
    person("Camille", "Dubois", "cdubois"),
    person("Ravi", "Subramaniam", "rsubramaniam"),
    person("Isla", "MacLeod", "imacleod"),
    person("Nikolaos", "Papadopoulos", "npapadopoulos"),
    person("Haruto", "Satō", "hsato"),
    person("Beatriz", "Conceição", "bconceicao"),
    person("Ilse", "Vandenberghe", "ivandenberghe"),
    person("Kwabena", "Mensah", "kmensah"),
    person("Ştefan", "Ionescu", "sionescu"),
    person("Megan", "Llewellyn", "mllewellyn"),
    person("Amir", "Rahimi", "arahimi"),
    person("Greta", "Schönfeld", "gschonfeld"),
    person("Oskar", "Nyström", "onystrom"),
    person("Thandiwe", "Nkosi", "tnkosi"),
    person("Lucía", "Muñoz", "lmunoz"),
    person("Peter", "Šimek", "psimek"),
    person("Hannah", "Goldberg", "hgoldberg"),
    person("Minh", "Trần", "mtran"),
    person("Sofie", "Aagaard", "saagaard"),
    person("George", "Whitmore", "gwhitmore"),
    person("Elif", "Çelik", "ecelik"),
    person("Rasmus", "Tamm", "rtamm"),
    person("Valentina", "Rossi", "vrossi"),
    person("Caoimhe", "Gallagher", "cgallagher"),
    person("Dmytro", "Shevchenko", "dshevchenko"),
    person("Niamh", "Fitzgerald", "nfitzgerald"),
    person("Seo-yeon", "Kim", "skim"),
    person("Oliver", "Hughes", "ohughes"),
];

/// Customers, who live in the other realm.
pub(super) static CUSTOMERS: [Person; 20] = [
    person("Ruth", "Abernathy", "ruth.abernathy"),
    person("Pål", "Bråten", "pal.braten"),
    person("Carmen", "Castaño", "carmen.castano"),
    person("Denise", "Dupré", "denise.dupre"),
    person("Emeka", "Eze", "emeka.eze"),
    person("Franziska", "Groß", "franziska.gross"),
    person("Hugo", "Hernández", "hugo.hernandez"),
    person("Ísold", "Jónsdóttir", "isold.jonsdottir"),
    person("Keiko", "Kobayashi", "keiko.kobayashi"),
    person("Leon", "Lambert", "leon.lambert"),
    person("Márta", "Molnár", "marta.molnar"),
    person("Nadia", "Naidoo", "nadia.naidoo"),
    person("Owen", "Prichard", "owen.prichard"),
    person("Quentin", "Rey", "quentin.rey"),
    person("Sigrid", "Solberg", "sigrid.solberg"),
    person("Teresa", "Tavares", "teresa.tavares"),
    person("Umar", "Usmani", "umar.usmani"),
    person("Vera", "Vlček", "vera.vlcek"),
    person("Wanjiru", "Wambui", "wanjiru.wambui"),
    person("Xavier", "Zürcher", "xavier.zurcher"),
];

/// A city with its country, and the beginning of its telephone numbers.
pub(super) struct Place {
    pub(super) city: &'static str,
    pub(super) country: &'static str,
    pub(super) dial: &'static str,
}

/// Where the company has offices and its customers live.
pub(super) static PLACES: [Place; 5] = [
    Place { city: "Göteborg", country: "SE", dial: "+46 31 555" },
    Place { city: "Bristol", country: "GB", dial: "+44 117 555" },
    Place { city: "Kraków", country: "PL", dial: "+48 12 555" },
    Place { city: "Montréal", country: "CA", dial: "+1 514 555" },
    Place { city: "Pune", country: "IN", dial: "+91 20 555" },
];
