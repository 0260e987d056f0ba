//! The bundle that desktop clients install with a click (MCPB): the binary and a manifest, zipped.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;

use anyhow::Context as _;
use serde_json::Value;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const MANIFEST: &str = include_str!("../../../packaging/manifest.json");
/// The mark of the project, 512 pixels wide.
const ICON: &[u8] = include_bytes!("../../../packaging/icon.png");

/// Writes the bundle to `file`.
pub(super) fn write(
    file: &Path,
    binary: &Path,
    version: &str,
    platform: &str,
) -> anyhow::Result<()> {
    let program = binary.file_name().unwrap_or_default().display().to_string();
    let manifest = manifest(version, &program, platform)?;
    let mut zip = ZipWriter::new(File::create(file)?);
    let plain = SimpleFileOptions::default();
    zip.start_file("manifest.json", plain.unix_permissions(0o644))?;
    zip.write_all(manifest.as_bytes())?;
    zip.start_file("icon.png", plain.unix_permissions(0o644))?;
    zip.write_all(ICON)?;
    zip.start_file(format!("server/{program}"), plain.unix_permissions(0o755))?;
    zip.write_all(&fs::read(binary).with_context(|| format!("cannot read {}", binary.display()))?)?;
    zip.finish()?;
    Ok(())
}

/// The manifest for this version and system.
fn manifest(version: &str, program: &str, platform: &str) -> anyhow::Result<String> {
    let mut manifest: Value = serde_json::from_str(MANIFEST)?;
    manifest["version"] = version.into();
    manifest["server"]["entry_point"] = format!("server/{program}").into();
    manifest["server"]["mcp_config"]["command"] = format!("${{__dirname}}/server/{program}").into();
    manifest["compatibility"]["platforms"] = vec![platform].into();
    Ok(serde_json::to_string_pretty(&manifest)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manifest_is_of_this_version_and_program() {
        let manifest: Value =
            serde_json::from_str(&manifest("1.2.3", "aic-mcp.exe", "win32").unwrap()).unwrap();
        assert_eq!(manifest["version"], "1.2.3");
        assert_eq!(manifest["server"]["entry_point"], "server/aic-mcp.exe");
        assert_eq!(manifest["compatibility"]["platforms"], serde_json::json!(["win32"]));
        // As of `init` and `setup`: a server that can change things is somebody's decision.
        assert_eq!(manifest["user_config"]["read_only"]["default"], true);
        assert_eq!(
            manifest["server"]["mcp_config"]["env"]["AIC_BASE_URL"],
            "${user_config.tenant}"
        );
    }
}
