//! Stub, replaced by the branch `signs`.
#![allow(missing_docs, dead_code)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Turn {
    #[default]
    None,
    Quarter,
    Half,
    ThreeQuarters,
}
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Orientation {
    pub turn: Turn,
    pub mirrored: bool,
}
impl Orientation {
    pub fn upright(&self, width: u32, height: u32, rgb: Vec<u8>) -> (u32, u32, Vec<u8>) {
        (width, height, rgb)
    }
}
