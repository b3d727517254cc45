//! Fonts: Inter, embedded, for Latin scripts, and system fonts for Japanese and Arabic.
//!
//! System fonts are searched by name in order of preference, so that the window, its screenshots and its tests use the
//! same fonts with or without eframe's system font provider. That provider follows the system's language rather than
//! the window's, and would render Japanese with Chinese glyph variants. Other scripts, as in people's names, are left
//! to it.

use std::{
    collections::BTreeMap,
    fs, mem,
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
};

use directories::UserDirs;
use eframe::egui::{
    Context, FallbackRequest, FontData, FontDefinitions, FontFamily, FontId, FontInsert, Id,
    epaint::text::{Fonts, TextOptions},
};

use super::words::Language;

/// Font family of titles and buttons: `FontFamily::Name(SEMIBOLD.into())`.
pub const SEMIBOLD: &str = "semibold";

const REGULAR_FILE: &[u8] = include_bytes!("../../assets/fonts/Inter-Regular.ttf");
const SEMIBOLD_FILE: &[u8] = include_bytes!("../../assets/fonts/Inter-SemiBold.ttf");

/// Maximum size of a font file, in bytes; fits all weights of Noto Sans CJK in one file.
const MAX_FILE_BYTES: u64 = 160 << 20;

/// Maximum depth searched below a system font folder.
const MAX_DEPTH: usize = 5;

/// Installs the fonts for `language` in `ctx`, effective with the next pass. Call again when the language changes.
pub fn install(ctx: &Context, language: Language) {
    let mut definitions = inter();
    if let Some((name, data)) = Script::of(language).and_then(Script::font) {
        definitions.font_data.insert(name.to_owned(), Arc::new(data.clone()));
        definitions.families.values_mut().for_each(|family| family.push(name.to_owned()));
    }
    ctx.set_fonts(definitions);

    // Once per context: providers accumulate.
    let done = Id::unique("countenance-fonts");
    if !ctx.data_mut(|data| mem::replace(data.get_temp_mut_or_default(done), true)) {
        ctx.add_font_provider(Arc::new(discovered));
    }
}

/// Whether there is no font for `language`, so that it is unreadable. Call inside a pass, after [`install`].
pub fn missing(ctx: &Context, language: Language) -> bool {
    let Some(script) = Script::of(language) else { return false };
    let families = [FontFamily::Proportional, FontFamily::Name(SEMIBOLD.into())];
    ctx.fonts_mut(|fonts| {
        !families.into_iter().all(|family| fonts.has_glyphs(&FontId::new(14.0, family), script.letters))
    })
}

/// A script that Inter lacks, and fonts that support it.
struct Script {
    language: Language,
    /// Letters that a font must have to qualify.
    letters: &'static str,
    /// Character ranges of the script.
    blocks: &'static [(char, char)],
    /// File names of suitable fonts in order of preference. Of a collection, the first face is used.
    files: &'static [&'static str],
    /// The font found on this system.
    found: OnceLock<Option<(&'static str, FontData)>>,
}

static SCRIPTS: [Script; 2] = [
    Script {
        language: Language::Ja,
        letters: "日本語かなカナ、。",
        blocks: &[('\u{3000}', '\u{30ff}'), ('\u{4e00}', '\u{9fff}'), ('\u{ff00}', '\u{ffef}')],
        files: &[
            "ヒラギノ角ゴシック W3.ttc",
            "YuGothM.ttc",
            "YuGothR.ttc",
            "meiryo.ttc",
            "NotoSansCJK-Regular.ttc",
            "NotoSansCJKjp-Regular.otf",
            "NotoSansJP-Regular.otf",
            "NotoSansJP-Regular.ttf",
            "ipaexg.ttf",
            "VL-PGothic-Regular.ttf",
            "TakaoPGothic.ttf",
            "ipagp.ttf",
            "VL-Gothic-Regular.ttf",
            "ipag.ttf",
            "msgothic.ttc",
            "Arial Unicode.ttf",
        ],
        found: OnceLock::new(),
    },
    Script {
        language: Language::Ar,
        letters: "العربيةؤئكچ،؟",
        blocks: &[('\u{600}', '\u{6ff}'), ('\u{750}', '\u{77f}'), ('\u{fb50}', '\u{fdff}'), ('\u{fe70}', '\u{fefc}')],
        files: &[
            "SFArabic.ttf",
            "segoeui.ttf",
            "NotoSansArabicUI-Regular.ttf",
            "NotoSansArabic-Regular.ttf",
            "NotoSansArabic[wght].ttf",
            "NotoNaskhArabicUI-Regular.ttf",
            "NotoNaskhArabic-Regular.ttf",
            "GeezaPro.ttc",
            "DejaVuSans.ttf",
            "Amiri-Regular.ttf",
            "tahoma.ttf",
            "Arial Unicode.ttf",
        ],
        found: OnceLock::new(),
    },
];

impl Script {
    fn of(language: Language) -> Option<&'static Self> {
        SCRIPTS.iter().find(|script| script.language == language)
    }

    /// Name and data of the best font on this system, searched once.
    fn font(&'static self) -> Option<(&'static str, &'static FontData)> {
        let found = self.found.get_or_init(|| find(&folders(), self.files, self.letters));
        found.as_ref().map(|(name, data)| (*name, data))
    }
}

/// Inter alone, for every family in use.
fn inter() -> FontDefinitions {
    let mut definitions = FontDefinitions::empty();
    for (name, file, families) in [
        ("inter", REGULAR_FILE, vec![FontFamily::Proportional, FontFamily::Monospace]),
        ("inter-semibold", SEMIBOLD_FILE, vec![FontFamily::Name(SEMIBOLD.into())]),
    ] {
        definitions.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(file)));
        for family in families {
            definitions.families.insert(family, vec![name.to_owned()]);
        }
    }
    definitions
}

/// Finds a font for letters of another language, such as language names in the menu.
fn discovered(request: &FallbackRequest<'_>) -> Option<FontInsert> {
    let first = request.cluster.chars().next()?;
    let holds = |script: &&Script| script.blocks.iter().any(|&(from, to)| (from..=to).contains(&first));
    let (name, data) = SCRIPTS.iter().find(holds)?.font()?;
    Some(FontInsert::new(name, data.clone(), Vec::new()))
}

/// System font folders. Those of other systems mean something else on Windows: a folder of the current drive, which any user
/// may create.
fn folders() -> Vec<PathBuf> {
    if cfg!(windows) {
        // Those of Windows, and those that its user installed.
        let folders = [("WINDIR", "Fonts"), ("LOCALAPPDATA", "Microsoft/Windows/Fonts")];
        let under = |(variable, fonts)| Some(Path::new(&std::env::var_os(variable)?).join(fonts));
        return folders.into_iter().filter_map(under).collect();
    }
    let user = UserDirs::new().and_then(|dirs| dirs.font_dir().map(Path::to_owned));
    // Those of other systems do not exist here.
    let all = ["/usr/share/fonts", "/usr/local/share/fonts", "/System/Library/Fonts", "/Library/Fonts"];
    user.into_iter().chain(all.map(PathBuf::from)).collect()
}

/// The first of `names` below `folders` that egui can read and that has all `letters`.
fn find(folders: &[PathBuf], names: &'static [&'static str], letters: &str) -> Option<(&'static str, FontData)> {
    let mut paths = BTreeMap::new();
    for folder in folders {
        list(folder, names, MAX_DEPTH, &mut paths);
    }
    names.iter().find_map(|name| {
        let path = paths.get(name)?;
        if fs::metadata(path).ok()?.len() > MAX_FILE_BYTES {
            return None;
        }
        let data = FontData::from_owned(fs::read(path).ok()?);
        has(&data, letters).then_some((*name, data))
    })
}

/// Records the paths of files with these names; the first match of a name is kept. Names are compared by the file
/// system, since each has its own rules on case and composed characters.
fn list(folder: &Path, names: &'static [&'static str], depth: usize, found: &mut BTreeMap<&'static str, PathBuf>) {
    for name in names {
        let path = folder.join(name);
        if path.is_file() {
            found.entry(name).or_insert(path);
        }
    }
    let Some(depth) = depth.checked_sub(1) else { return };
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()).filter(|path| path.is_dir()) {
        list(&path, names, depth, found);
    }
}

/// Whether egui can read the file and finds `letters` in it. The font is offered through a provider, because egui skips
/// faulty fonts of providers but panics on faulty configured ones.
fn has(data: &FontData, letters: &str) -> bool {
    let offered = data.clone();
    let provider = move |_: &FallbackRequest<'_>| Some(FontInsert::new("offered", offered.clone(), Vec::new()));
    let mut fonts =
        Fonts::new(TextOptions::default(), FontDefinitions::empty()).with_font_providers(vec![Arc::new(provider)]);
    fonts.has_glyphs(&FontId::proportional(14.0), letters)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

    use sha2::{Digest, Sha256};

    use super::*;

    #[test]
    fn font_files_match_the_manifest() {
        let manifest: toml::Table = toml::from_str(include_str!("../../assets/fonts/fonts.toml")).unwrap();
        let fonts = manifest["font"].as_array().unwrap();
        assert_eq!(fonts.len(), 2);
        for (font, file) in fonts.iter().zip([REGULAR_FILE, SEMIBOLD_FILE]) {
            let digest = Sha256::digest(file).iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
            assert_eq!(font["sha256"].as_str().unwrap(), digest, "{:?}", font["file"]);
        }
        assert!(include_str!("../../assets/fonts/OFL.txt").contains("SIL OPEN FONT LICENSE Version 1.1"));
    }

    /// Characters of the messages of `language` that have no glyph.
    fn without_glyph(language: Language, families: &[FontFamily], definitions: FontDefinitions) -> String {
        let mut fonts = Fonts::new(TextOptions::default(), definitions);
        let mut letters: Vec<char> = language.source().chars().filter(|c| *c > ' ').collect();
        letters.extend(language.own_name().chars());
        letters.sort_unstable();
        letters.dedup();
        let lacks = |c: &char| families.iter().any(|family| !fonts.has_glyph(&FontId::new(14.0, family.clone()), *c));
        letters.into_iter().filter(lacks).collect()
    }

    #[test]
    fn every_message_has_glyphs() {
        let families = [FontFamily::Proportional, FontFamily::Monospace, FontFamily::Name(SEMIBOLD.into())];
        for language in Language::ALL {
            let mut definitions = inter();
            if let Some(script) = Script::of(language) {
                let Some((name, data)) = script.font() else {
                    eprintln!("skipped: no font for {language:?} is installed");
                    continue;
                };
                definitions.font_data.insert(name.to_owned(), Arc::new(data.clone()));
                definitions.families.values_mut().for_each(|family| family.push(name.to_owned()));
            }
            assert_eq!(without_glyph(language, &families, definitions), "", "{language:?}");
        }
    }

    #[test]
    fn skips_invalid_and_incomplete_fonts() {
        let folder = tempfile::tempdir().unwrap();
        let below = folder.path().join("truetype");
        fs::create_dir(&below).unwrap();
        fs::write(folder.path().join("broken.ttf"), b"no font").unwrap();
        fs::write(below.join("latin.ttf"), REGULAR_FILE).unwrap();
        let folders = [folder.path().to_owned(), folder.path().join("absent")];
        let found = |letters| find(&folders, &["absent.ttf", "broken.ttf", "latin.ttf"], letters).map(|(name, _)| name);
        assert_eq!(found("Latin"), Some("latin.ttf"));
        assert_eq!(found("日本語"), None);
    }

    #[test]
    fn installs_fonts_and_reports_missing_scripts() {
        let ctx = Context::default();
        for language in Language::ALL {
            install(&ctx, language);
            let mut lacks = None;
            let mut output = ctx.run_ui(eframe::egui::RawInput::default(), |ui| {
                lacks = Some(missing(ui.ctx(), language));
                ui.label("Aa");
                ui.label(eframe::egui::RichText::new("Aa").family(FontFamily::Name(SEMIBOLD.into())));
            });
            output.textures_delta.clear();
            let installed = Script::of(language).is_none_or(|script| script.font().is_some());
            assert_eq!(lacks, Some(!installed), "{language:?}");
        }
    }
}
