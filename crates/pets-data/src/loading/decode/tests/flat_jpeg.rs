//! JPEGs of one grey, in the fewest bytes that one can have, of every structure.

/// What is to be drawn; the sides are those before the picture is turned upright.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FlatJpeg {
    pub(crate) width: u16,
    pub(crate) height: u16,
    /// The sampling factors of each component.
    pub(crate) sampling: &'static [[u8; 2]],
    pub(crate) progressive: bool,
    /// Whether each component has a scan of its own.
    pub(crate) scan_each: bool,
}

impl FlatJpeg {
    /// A colour picture without subsampling.
    pub(crate) const fn new(width: u16, height: u16) -> Self {
        Self {
            width,
            height,
            sampling: &[[1, 1]; 3],
            progressive: false,
            scan_each: false,
        }
    }

    /// The file. All Huffman tables have one code, of one bit: no difference, or the end of the block.
    pub(crate) fn bytes(self) -> Vec<u8> {
        let mut bytes = vec![0xFF, 0xD8];
        segment(&mut bytes, 0xDB, [vec![0], vec![1; 64]].concat());
        let [h0, h1] = self.height.to_be_bytes();
        let [w0, w1] = self.width.to_be_bytes();
        let count = self.sampling.len() as u8;
        let mut frame = vec![8, h0, h1, w0, w1, count];
        for (id, [horizontal, vertical]) in (1..).zip(self.sampling) {
            frame.extend([id, horizontal << 4 | vertical, 0]);
        }
        segment(
            &mut bytes,
            if self.progressive { 0xC2 } else { 0xC0 },
            frame,
        );
        for class in [0, 0x10] {
            segment(&mut bytes, 0xC4, [vec![class, 1], vec![0; 16]].concat());
        }
        let ids: Vec<u8> = (1..=count).collect();
        let scans: Vec<&[u8]> = if self.scan_each {
            ids.chunks(1).collect()
        } else {
            vec![&ids]
        };
        for scan in scans {
            let mut header = vec![scan.len() as u8];
            header.extend(scan.iter().flat_map(|&id| [id, 0]));
            header.extend([0, if self.progressive { 0 } else { 63 }, 0]);
            segment(&mut bytes, 0xDA, header);
            let bits = self.blocks(scan) * if self.progressive { 1 } else { 2 };
            bytes.extend(vec![0; bits / 8]);
            if !bits.is_multiple_of(8) {
                bytes.push(0xFF >> (bits % 8));
            }
        }
        bytes.extend([0xFF, 0xD9]);
        bytes
    }

    fn blocks(self, scan: &[u8]) -> usize {
        let greatest = |axis: usize| self.sampling.iter().map(|one| one[axis]).max().unwrap();
        let most = [greatest(0), greatest(1)].map(usize::from);
        let sides = [self.width, self.height].map(usize::from);
        let of = |id: &u8| self.sampling[usize::from(*id) - 1].map(usize::from);
        if let [id] = scan {
            let side = |axis: usize| {
                (sides[axis] * of(id)[axis])
                    .div_ceil(most[axis])
                    .div_ceil(8)
            };
            return side(0) * side(1);
        }
        let units = |axis: usize| sides[axis].div_ceil(8 * most[axis]);
        let of_unit: usize = scan.iter().map(|id| of(id).iter().product::<usize>()).sum();
        units(0) * units(1) * of_unit
    }
}

fn segment(bytes: &mut Vec<u8>, marker: u8, content: Vec<u8>) {
    bytes.extend([0xFF, marker]);
    bytes.extend((content.len() as u16 + 2).to_be_bytes());
    bytes.extend(content);
}
