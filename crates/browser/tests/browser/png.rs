//! Just enough of PNG to count pixels of a picture that Chrome made.

/// Counts the pixels of an 8-bit RGB or RGBA picture that are as asked.
pub(crate) fn count(png: &[u8], is: impl Fn([u8; 3]) -> bool) -> usize {
    let mut at = 8;
    let mut data = Vec::new();
    let (mut width, mut channels) = (0, 0);
    while at + 8 <= png.len() {
        let length = u32::from_be_bytes(png[at..at + 4].try_into().unwrap()) as usize;
        let body = &png[at + 8..at + 8 + length];
        match &png[at + 4..at + 8] {
            b"IHDR" => {
                width = u32::from_be_bytes(body[..4].try_into().unwrap()) as usize;
                channels = match body[9] {
                    2 => 3,
                    6 => 4,
                    other => panic!("color type {other}"),
                };
                assert_eq!((body[8], body[12]), (8, 0), "8 bits, not interlaced");
            }
            b"IDAT" => data.extend_from_slice(body),
            _ => {}
        }
        at += 12 + length;
    }
    let raw = miniz_oxide::inflate::decompress_to_vec_zlib(&data).unwrap();
    let stride = width * channels;
    let mut before = vec![0; stride];
    let mut found = 0;
    for line in raw.chunks_exact(stride + 1) {
        let row = unfilter(line[0], &line[1..], &before, channels);
        found += row.chunks_exact(channels).filter(|p| is([p[0], p[1], p[2]])).count();
        before = row;
    }
    found
}

fn unfilter(kind: u8, line: &[u8], above: &[u8], channels: usize) -> Vec<u8> {
    let mut row = vec![0_u8; line.len()];
    for at in 0..line.len() {
        let left = if at >= channels { row[at - channels] } else { 0 };
        let corner = if at >= channels { above[at - channels] } else { 0 };
        let up = above[at];
        let guess = match kind {
            0 => 0,
            1 => left,
            2 => up,
            3 => u8::midpoint(left, up),
            4 => paeth(left, up, corner),
            other => panic!("filter {other}"),
        };
        row[at] = line[at].wrapping_add(guess);
    }
    row
}

fn paeth(left: u8, up: u8, corner: u8) -> u8 {
    let estimate = i16::from(left) + i16::from(up) - i16::from(corner);
    let away = |of: u8| (estimate - i16::from(of)).abs();
    if away(left) <= away(up) && away(left) <= away(corner) {
        left
    } else if away(up) <= away(corner) {
        up
    } else {
        corner
    }
}
