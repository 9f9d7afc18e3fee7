//! Coat and eye colours.

use crate::paint::Colour;

/// The colours of a coat family.
#[derive(Clone, Copy)]
pub(crate) struct Palette {
    /// The family's main colour.
    pub(crate) base: Colour,
    /// Stripes, spots and masks.
    pub(crate) mark: Colour,
    /// Chest, chin, spectacles, white parts.
    pub(crate) light: Colour,
}

const fn palette(base: u32, mark: u32, light: u32) -> Palette {
    Palette {
        base: Colour::hex(base),
        mark: Colour::hex(mark),
        light: Colour::hex(light),
    }
}

/// Coat families of both species; neighbours in the list are unlike each other.
pub(crate) const COATS: [Palette; 12] = [
    palette(0x00d6_8a46, 0x009c_5222, 0x00fb_e6c8),
    palette(0x007e_8896, 0x004c_5562, 0x00dc_e2e8),
    palette(0x00ec_dab8, 0x00b0_8454, 0x00fb_f5e6),
    palette(0x0038_363c, 0x001c_1a20, 0x00ee_ebe6),
    palette(0x00a2_8460, 0x0054_3e2e, 0x00ec_dec6),
    palette(0x00c2_c6ca, 0x005a_5e66, 0x00f4_f5f6),
    palette(0x006e_4834, 0x003e_261c, 0x00e2_c6a6),
    palette(0x00f0_eeea, 0x0048_4446, 0x00ff_fdfa),
    palette(0x00a4_5634, 0x0066_2e1c, 0x00f2_d2b0),
    palette(0x00bc_a8a8, 0x007e_686c, 0x00f2_e8e6),
    palette(0x00dc_b482, 0x0046_362e, 0x00f8_ead2),
    palette(0x0058_504a, 0x002c_2624, 0x00d8_c8b4),
];

/// Irises of cats.
pub(crate) const CAT_EYES: [Colour; 6] = [
    Colour::hex(0x009c_b84a),
    Colour::hex(0x00d8_8f24),
    Colour::hex(0x0062_aede),
    Colour::hex(0x00e2_c244),
    Colour::hex(0x004f_a07c),
    Colour::hex(0x00b8_6a2a),
];

/// Irises of dogs.
pub(crate) const DOG_EYES: [Colour; 5] = [
    Colour::hex(0x0069_3d1e),
    Colour::hex(0x003c_2416),
    Colour::hex(0x00a0_6a2c),
    Colour::hex(0x007d_a6c8),
    Colour::hex(0x0084_5a30),
];
