//! How many bytes weights take, by the number their kind has in a GGUF file.

use attune_kernel::Code;

use crate::Result;

/// The first number the engine has no kind for. What is from here on was written for a newer one.
const UNHEARD_OF: u32 = 43;

/// The bytes of a tensor of this kind and shape.
pub fn bytes(kind: u32, shape: &[u64]) -> Result<u64> {
    if kind >= UNHEARD_OF {
        return Err(Code::ModelNewer.into());
    }
    let (together, taking) = block(kind).ok_or(Code::ModelUnreadable)?;
    let row = shape.first().copied().unwrap_or(1);
    if row % together != 0 {
        return Err(Code::ModelUnreadable.into());
    }
    let rest = shape.iter().skip(1).try_fold(1_u64, |all, next| all.checked_mul(*next));
    rest.and_then(|rest| (row / together).checked_mul(rest))
        .and_then(|blocks| blocks.checked_mul(taking))
        .ok_or_else(|| Code::ModelUnreadable.into())
}

/// How many weights stand together in a block, and the bytes it takes; none for kinds that were given up.
fn block(kind: u32) -> Option<(u64, u64)> {
    Some(match kind {
        // Whole numbers and fractions of 8 to 64 bits.
        24 => (1, 1),
        1 | 25 | 30 => (1, 2),
        0 | 26 => (1, 4),
        27 | 28 => (1, 8),
        // Blocks of 32: Q4_0 Q4_1 Q5_0 Q5_1 Q8_0 Q8_1, IQ4_NL, MXFP4.
        2 | 20 => (32, 18),
        3 => (32, 20),
        6 => (32, 22),
        7 => (32, 24),
        8 => (32, 34),
        9 => (32, 36),
        39 => (32, 17),
        // Blocks of 64 and 128: NVFP4, Q2_0, Q1_0.
        40 => (64, 36),
        41 => (128, 18),
        42 => (64, 18),
        // Blocks of 256: Q2_K to Q8_K.
        10 => (256, 84),
        11 | 21 => (256, 110),
        12 => (256, 144),
        13 => (256, 176),
        14 => (256, 210),
        15 => (256, 292),
        // IQ2_XXS IQ2_XS IQ3_XXS IQ1_S IQ2_S IQ4_XS IQ1_M, TQ1_0 TQ2_0.
        16 | 35 => (256, 66),
        17 => (256, 74),
        18 => (256, 98),
        19 => (256, 50),
        22 => (256, 82),
        23 => (256, 136),
        29 => (256, 56),
        34 => (256, 54),
        _ => return None,
    })
}
