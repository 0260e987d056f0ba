//! The table of MCP clients. A new client is a new entry of [`CLIENTS`], in the order in which the
//! clients are listed; the command line, `init`, `doctor` and the pages in docs/clients follow from it.

use super::links::Link;
use super::place::{Base, Place};
use super::spec::{ClientSpec, Family, Format, Note, Syntax, When};
use super::spelling::Spelling;

/// JSON in which the servers stand under `mcpServers`.
const fn mcp_servers(spelling: Spelling) -> Format {
    Format { syntax: Syntax::Json, servers: "mcpServers", spelling }
}

const VSCODE_NOTES: &[Note] = &[
    Note {
        when: When::Beside("profiles"),
        says: "A profile of Visual Studio Code other than the default one has a file of its own, \
               profiles/ID/mcp.json: name it by --file.",
    },
    Note {
        when: When::Asked,
        says: "A remote window (SSH, WSL, a container) starts the servers of this file on the desktop's \
               own machine. Servers of the remote machine stand in ~/.vscode-server/data/User/mcp.json \
               there, which setup finds where there is no desktop.",
    },
];

/// Every client.
// Assumption: of the clients whose source is closed, places and forms are those that their makers
// document. Starting each on such a file would settle it; docs/conformance.md says which were started.
pub(super) const CLIENTS: &[ClientSpec] = &[
    ClientSpec {
        name: "claude-code",
        title: "Claude Code",
        serves: "all projects of the user",
        family: Family::Terminal,
        places: &[Place::home("", ".claude.json").or_named_by("CLAUDE_CONFIG_DIR")],
        project: Some(".mcp.json"),
        format: mcp_servers(Spelling::STDIO),
        link: None,
        notes: &[Note {
            when: When::InProject,
            says: "Claude Code starts a project's servers only once they are approved in it.",
        }],
    },
    ClientSpec {
        name: "claude-desktop",
        title: "Claude Desktop",
        serves: "",
        family: Family::Desktop,
        places: &[
            Place::at(Base::Store("Claude_"), "Claude", "claude_desktop_config.json"),
            Place::at(Base::Programs, "Claude", "claude_desktop_config.json"),
        ],
        project: None,
        format: mcp_servers(Spelling::PLAIN),
        link: None,
        notes: &[],
    },
    ClientSpec {
        name: "cursor",
        title: "Cursor",
        serves: "",
        family: Family::Editors,
        places: &[Place::home(".cursor", "mcp.json")],
        project: Some(".cursor/mcp.json"),
        format: mcp_servers(Spelling::PLAIN),
        link: Some(Link::Cursor),
        notes: &[],
    },
    ClientSpec {
        name: "vscode",
        title: "Visual Studio Code",
        serves: "all workspaces",
        family: Family::Editors,
        places: &[
            Place::at(Base::Programs, "Code/User", "mcp.json"),
            Place::home(".vscode-server/data/User", "mcp.json"),
        ],
        project: Some(".vscode/mcp.json"),
        format: Format { syntax: Syntax::Json, servers: "servers", spelling: Spelling::STDIO },
        link: Some(Link::Vscode("vscode")),
        notes: VSCODE_NOTES,
    },
    ClientSpec {
        name: "vscode-insiders",
        title: "Visual Studio Code Insiders",
        serves: "",
        family: Family::Editors,
        places: &[
            Place::at(Base::Programs, "Code - Insiders/User", "mcp.json"),
            Place::home(".vscode-server-insiders/data/User", "mcp.json"),
        ],
        project: Some(".vscode/mcp.json"),
        format: Format { syntax: Syntax::Json, servers: "servers", spelling: Spelling::STDIO },
        link: Some(Link::Vscode("vscode-insiders")),
        notes: VSCODE_NOTES,
    },
    ClientSpec {
        name: "gemini",
        title: "Gemini CLI",
        serves: "",
        family: Family::Terminal,
        places: &[Place::home(".gemini", "settings.json")],
        project: Some(".gemini/settings.json"),
        format: mcp_servers(Spelling::PLAIN),
        link: None,
        notes: &[Note {
            when: When::Always,
            says: "Gemini CLI starts no server in a folder that it does not trust, not even the user's \
                   own: trust the folder when Gemini CLI asks, or with /permissions.",
        }],
    },
    ClientSpec {
        name: "codex",
        title: "Codex",
        serves: "",
        family: Family::Terminal,
        places: &[Place::home(".codex", "config.toml").or_named_by("CODEX_HOME")],
        project: Some(".codex/config.toml"),
        format: Format {
            syntax: Syntax::Toml,
            servers: "mcp_servers",
            spelling: Spelling::PLAIN.seconds("tool_timeout_sec"),
        },
        link: None,
        notes: &[Note {
            when: When::InProject,
            says: "Codex reads the file of a project only in projects that it trusts.",
        }],
    },
    ClientSpec {
        name: "copilot-cli",
        title: "GitHub Copilot CLI",
        serves: "",
        family: Family::Terminal,
        places: &[Place::home(".copilot", "mcp-config.json").or_named_by("COPILOT_HOME")],
        project: Some(".github/mcp.json"),
        format: mcp_servers(Spelling::PLAIN.kind("local").milliseconds("timeout").naming_tools()),
        link: None,
        notes: &[Note {
            when: When::InProject,
            says: "Copilot CLI reads the file of a project only in folders that it trusts.",
        }],
    },
    ClientSpec {
        name: "opencode",
        title: "opencode",
        serves: "",
        family: Family::Terminal,
        places: &[
            Place::at(Base::Config, "opencode", "opencode.jsonc"),
            Place::at(Base::Config, "opencode", "opencode.json"),
        ],
        project: Some("opencode.json"),
        format: Format {
            syntax: Syntax::Json,
            servers: "mcp",
            spelling: Spelling::PLAIN.kind("local").one_list().milliseconds("timeout"),
        },
        link: None,
        notes: &[Note {
            when: When::Asked,
            says: "opencode 1 is meant: opencode 2 has the servers one level deeper.",
        }],
    },
    ClientSpec {
        name: "qwen",
        title: "Qwen Code",
        serves: "",
        family: Family::Terminal,
        places: &[Place::home(".qwen", "settings.json")],
        project: Some(".qwen/settings.json"),
        format: mcp_servers(Spelling::PLAIN),
        link: None,
        notes: &[],
    },
    ClientSpec {
        name: "droid",
        title: "Factory Droid",
        serves: "",
        family: Family::Terminal,
        places: &[Place::home(".factory", "mcp.json")],
        project: Some(".factory/mcp.json"),
        format: mcp_servers(Spelling::STDIO),
        link: None,
        notes: &[],
    },
    ClientSpec {
        name: "amp",
        title: "Amp",
        serves: "",
        family: Family::Terminal,
        places: &[
            Place::at(Base::Config, "amp", "settings.json"),
            Place::at(Base::Config, "amp", "settings.jsonc"),
        ],
        project: Some(".amp/settings.json"),
        format: Format {
            syntax: Syntax::Json,
            servers: "amp.mcpServers",
            spelling: Spelling::PLAIN,
        },
        link: None,
        notes: &[Note {
            when: When::InProject,
            says: "Amp starts a project's servers only once they are approved.",
        }],
    },
    ClientSpec {
        name: "warp",
        title: "Warp",
        serves: "",
        family: Family::Terminal,
        places: &[Place::home(".warp", ".mcp.json")],
        project: Some(".warp/.mcp.json"),
        format: mcp_servers(Spelling::PLAIN),
        link: None,
        notes: &[],
    },
    ClientSpec {
        name: "goose",
        title: "Goose",
        serves: "",
        family: Family::Terminal,
        places: &[
            Place::at(Base::Config, "goose", "config.yaml"),
            Place::at(Base::Programs, "Block/goose", "config/config.yaml"),
        ],
        project: None,
        format: Format {
            syntax: Syntax::Yaml,
            servers: "extensions",
            spelling: Spelling::PLAIN.seconds("timeout"),
        },
        link: None,
        notes: &[Note {
            when: When::Asked,
            says: "The second file is that of Windows. Goose takes links for a few programs only, and not \
                   for this one.",
        }],
    },
    ClientSpec {
        name: "windsurf",
        title: "Windsurf",
        serves: "",
        family: Family::Editors,
        places: &[Place::home(".codeium/windsurf", "mcp_config.json")],
        project: None,
        format: mcp_servers(Spelling::PLAIN),
        link: None,
        notes: &[],
    },
    ClientSpec {
        name: "zed",
        title: "Zed",
        serves: "",
        family: Family::Editors,
        places: &[Place::at(Base::ConfigOrPrograms, "zed", "settings.json")],
        project: Some(".zed/settings.json"),
        format: Format {
            syntax: Syntax::Json,
            servers: "context_servers",
            spelling: Spelling::PLAIN.seconds("timeout"),
        },
        link: None,
        notes: &[],
    },
    ClientSpec {
        name: "kiro",
        title: "Kiro",
        serves: "",
        family: Family::Editors,
        places: &[Place::home(".kiro", "settings/mcp.json")],
        project: Some(".kiro/settings/mcp.json"),
        format: mcp_servers(Spelling::PLAIN),
        link: None,
        notes: &[],
    },
    ClientSpec {
        name: "antigravity",
        title: "Google Antigravity",
        serves: "",
        family: Family::Editors,
        places: &[
            Place::home(".gemini/config", "mcp_config.json"),
            Place::home(".gemini/antigravity", "mcp_config.json"),
        ],
        project: None,
        format: mcp_servers(Spelling::PLAIN),
        link: None,
        notes: &[Note {
            when: When::Asked,
            says: "The second file is that of Antigravity 1; the first is shared by the editor and the \
                   command line of Antigravity 2.",
        }],
    },
    ClientSpec {
        name: "visual-studio",
        title: "Visual Studio",
        serves: "",
        family: Family::Editors,
        places: &[Place::at(Base::HomeOnWindows, "", ".mcp.json")],
        project: Some(".mcp.json"),
        format: Format { syntax: Syntax::Json, servers: "servers", spelling: Spelling::STDIO },
        link: None,
        notes: &[],
    },
    ClientSpec {
        name: "junie",
        title: "JetBrains Junie",
        serves: "",
        family: Family::Extensions,
        places: &[Place::home(".junie", "mcp/mcp.json")],
        project: Some(".junie/mcp/mcp.json"),
        format: mcp_servers(Spelling::PLAIN),
        link: None,
        notes: &[Note {
            when: When::Asked,
            says: "AI Assistant, JetBrains' other one, keeps its servers in the settings of the IDE and \
                   in no file of its own: paste the entry there, under Tools, AI Assistant, MCP.",
        }],
    },
    ClientSpec {
        name: "cline",
        title: "Cline",
        serves: "",
        family: Family::Extensions,
        places: &[
            Place::home(".cline", "data/settings/cline_mcp_settings.json").or_named_by("CLINE_DIR")
        ],
        project: None,
        format: mcp_servers(Spelling::STDIO.seconds("timeout")),
        link: None,
        notes: &[Note {
            when: When::Asked,
            says: "The editors' extension and the command line share this file. Older extensions kept \
                   one in the editor's own storage, and take it over when they are updated.",
        }],
    },
    ClientSpec {
        name: "roo-code",
        title: "Roo Code",
        serves: "",
        family: Family::Extensions,
        places: &[
            Place::at(
                Base::Programs,
                "Code/User/globalStorage/rooveterinaryinc.roo-cline",
                "settings/mcp_settings.json",
            ),
            Place::at(
                Base::Programs,
                "Code - Insiders/User/globalStorage/rooveterinaryinc.roo-cline",
                "settings/mcp_settings.json",
            ),
            Place::home(
                ".vscode-server/data/User/globalStorage/rooveterinaryinc.roo-cline",
                "settings/mcp_settings.json",
            ),
        ],
        project: Some(".roo/mcp.json"),
        format: mcp_servers(Spelling::STDIO.seconds("timeout")),
        link: None,
        notes: &[],
    },
    ClientSpec {
        name: "continue",
        title: "Continue",
        serves: "",
        family: Family::Extensions,
        places: &[Place::home(".continue", "mcpServers/aic-mcp.json")],
        project: Some(".continue/mcpServers/aic-mcp.json"),
        format: mcp_servers(Spelling::PLAIN),
        link: None,
        notes: &[Note {
            when: When::Asked,
            says: "Continue reads each JSON file of that directory, and this one is for this program \
                   alone: config.yaml stays as it is.",
        }],
    },
    ClientSpec {
        name: "lm-studio",
        title: "LM Studio",
        serves: "",
        family: Family::Desktop,
        places: &[
            Place::home(".lmstudio", "mcp.json"),
            Place::home(".cache/lm-studio", "mcp.json"),
        ],
        project: None,
        format: mcp_servers(Spelling::PLAIN),
        link: Some(Link::LmStudio),
        notes: &[],
    },
];
