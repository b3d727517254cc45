//! Each file found is in a clip or named, and counts once.

use std::fs;

use super::*;

/// Writes a small image, whatever the extension of `path`; another `shade` is another content.
pub(in crate::evaluate) fn image(path: &Path, shade: u8) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let mut data = io::Cursor::new(Vec::new());
    let pixels = image::RgbImage::from_pixel(64, 48, image::Rgb([shade, 200, 30]));
    pixels.write_to(&mut data, image::ImageFormat::Png).unwrap();
    fs::write(path, data.get_ref()).unwrap();
}

/// Counts and reasons for tests of reports.
pub(in crate::evaluate) fn files_of_a_test() -> Files {
    let unknown = Reason::UnknownKind("this is not a recording of a known kind".into());
    let left_out = vec![
        LeftOut { file: "bona_fide/<b>.txt".into(), reason: unknown },
        LeftOut { file: "bona_fide/c.mp4".into(), reason: Reason::SameAs("bona_fide/a.mp4".into()) },
    ];
    Files { found: 707, judged: 705, left_out }
}

/// The inventory of `root`, with single images in folders named `singles`.
fn inventory(root: &Path) -> Inventory {
    let taken =
        Inventory::of(root, &|folder| folder.ends_with("singles"), &|file| file.starts_with("labeled")).unwrap();
    assert_eq!(taken.files.found, taken.files.judged + taken.files.left_out.len() as u32, "{taken:?}");
    taken
}

fn names(inventory: &Inventory) -> Vec<&str> {
    inventory.items.iter().map(|item| item.name.as_str()).collect()
}

fn left_out(inventory: &Inventory) -> Vec<String> {
    inventory.files.left_out.iter().map(ToString::to_string).collect()
}

/// Rows: name, images and other files, expected clips, expected names of what is left out.
#[test]
fn each_file_is_in_a_clip_or_named() {
    type Row<'r> = (&'r str, &'r [&'r str], &'r [&'r str], &'r [&'r str], &'r [&'r str]);
    let rows: [Row<'_>; 9] = [
        (
            "by content, not by name",
            &["singles/a.3gp", "singles/b", "singles/c.txt"],
            &[],
            &["singles/a.3gp", "singles/b", "singles/c.txt"],
            &[],
        ),
        (
            "what the reader refuses",
            &["singles/a.png"],
            &["singles/b.mp4", "singles/.DS_Store", "c.HEIC"],
            &["singles/a.png"],
            &["c.HEIC", "singles/.DS_Store", "singles/b.mp4"],
        ),
        ("numbered images", &["x/1.png", "x/2.png"], &[], &["x"], &[]),
        ("numbered images in the root", &["1.png", "2.png"], &[], &["."], &[]),
        ("numbered images of other formats by name", &["x/f1.webp", "x/f2.webp"], &[], &["x"], &[]),
        (
            "an image beside numbered ones",
            &["x/1.png", "x/2.png", "x/cover.png"],
            &["x/notes.txt"],
            &["x"],
            &["x/cover.png", "x/notes.txt"],
        ),
        ("images without numbers", &["x/a.png", "x/b.png"], &[], &["x/a.png", "x/b.png"], &[]),
        (
            "far below",
            &["a/b/c/d/e/f/g/h.png"],
            &["a/b/c/d/e/f/g/h.txt"],
            &["a/b/c/d/e/f/g/h.png"],
            &["a/b/c/d/e/f/g/h.txt"],
        ),
        ("nothing", &[], &[], &[], &[]),
    ];
    for (name, images, others, clips, named) in rows {
        let root = tempfile::tempdir().unwrap();
        for file in images {
            image(&root.path().join(file), 7);
        }
        for file in others {
            fs::create_dir_all(root.path().join(file).parent().unwrap()).unwrap();
            fs::write(root.path().join(file), b"no recording").unwrap();
        }
        let taken = inventory(root.path());
        assert_eq!(names(&taken), clips, "{name}");
        let found: Vec<_> = taken.files.left_out.iter().map(|left_out| left_out.file.as_str()).collect();
        assert_eq!(found, named, "{name}");
        assert_eq!(taken.files.found as usize, images.len() + others.len(), "{name}");
    }
}

/// Rows: name, what is done to a root with `labeled/a`, `other/b` and the numbered images `x`, expected clips, and what
/// is left out.
#[cfg(target_os = "linux")]
#[test]
fn a_file_counts_once_whatever_links_lead_to_it() {
    use std::os::unix::fs::symlink;
    type Link = fn(&Path);
    let usual = ["labeled/a", "other/b", "x"];
    let rows: [(&str, Link, &[&str], &[&str]); 10] = [
        (
            "a hard link",
            |r| fs::hard_link(r.join("other/b"), r.join("other/c")).unwrap(),
            &usual,
            &["other/c: the same file as other/b, which counts"],
        ),
        (
            "a symbolic link, first by name",
            |r| symlink("b", r.join("other/a")).unwrap(),
            &usual,
            &["other/a: the same file as other/b, which counts"],
        ),
        (
            "a link with a label",
            |r| symlink("../other/b", r.join("labeled/b")).unwrap(),
            &["labeled/a", "labeled/b", "x"],
            &["other/b: the same file as labeled/b, which counts"],
        ),
        (
            "a link to the root",
            |r| symlink(".", r.join("loop")).unwrap(),
            &usual,
            &["loop: a link to the folder ., whose files count there"],
        ),
        (
            "links to each other's folders",
            |r| {
                symlink("../other", r.join("labeled/other")).unwrap();
                symlink("../labeled", r.join("other/labeled")).unwrap();
            },
            &usual,
            &[
                "labeled/other: a link to the folder other, whose files count there",
                "other/labeled: a link to the folder labeled, whose files count there",
            ],
        ),
        (
            "links to links in a circle",
            |r| {
                symlink("d", r.join("other/c")).unwrap();
                symlink("c", r.join("other/d")).unwrap();
            },
            &usual,
            &[
                "other/c: Too many levels of symbolic links (os error 40)",
                "other/d: Too many levels of symbolic links (os error 40)",
            ],
        ),
        (
            "a link to nowhere",
            |r| symlink("nowhere", r.join("other/c")).unwrap(),
            &usual,
            &["other/c: No such file or directory (os error 2)"],
        ),
        (
            "a link to one of the numbered images",
            |r| symlink("../x/1.png", r.join("other/c")).unwrap(),
            &usual,
            &["other/c: the same file as x/1.png, which counts"],
        ),
        (
            "a folder of hard links",
            |r| {
                fs::create_dir(r.join("y")).unwrap();
                for file in ["1.png", "2.png"] {
                    fs::hard_link(r.join("x").join(file), r.join("y").join(file)).unwrap();
                }
            },
            &usual,
            &["y/1.png: the same file as x/1.png, which counts", "y/2.png: the same file as x/2.png, which counts"],
        ),
        (
            "a socket",
            |r| drop(std::os::unix::net::UnixListener::bind(r.join("other/socket")).unwrap()),
            &usual,
            &["other/socket: not a regular file"],
        ),
    ];
    for (name, link, clips, named) in rows {
        let root = tempfile::tempdir().unwrap();
        for (file, shade) in [("labeled/a", 1), ("other/b", 2), ("x/1.png", 3), ("x/2.png", 4)] {
            image(&root.path().join(file), shade);
        }
        link(root.path());
        let taken = inventory(root.path());
        assert_eq!(names(&taken), clips, "{name}");
        assert_eq!(left_out(&taken), named, "{name}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_link_out_of_the_root_is_followed_and_names_need_not_be_text() {
    use std::os::unix::{ffi::OsStrExt, fs::symlink};
    let (root, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    image(&outside.path().join("a.png"), 1);
    image(&root.path().join(std::ffi::OsStr::from_bytes(b"caf\xe9.png")), 2);
    symlink(outside.path(), root.path().join("out")).unwrap();
    symlink(outside.path().join("a.png"), root.path().join("z.png")).unwrap();
    let taken = inventory(root.path());
    assert_eq!(names(&taken), ["caf\u{fffd}.png", "out/a.png"]);
    assert_eq!(left_out(&taken), ["z.png: the same file as out/a.png, which counts"]);
}
