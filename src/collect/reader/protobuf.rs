//! The wire format of protocol buffers.

/// The fields of a message, in order; the last item is `None` if the message is damaged.
pub(super) struct ProtoMessage<'a>(pub(super) &'a [u8]);

/// The value of a field.
pub(super) enum ProtoField<'a> {
    Varint(u64),
    Fixed64([u8; 8]),
    Bytes(&'a [u8]),
    Fixed32([u8; 4]),
}

impl<'a> ProtoMessage<'a> {
    fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(taken)
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.take(1)?[0];
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    fn field(&mut self) -> Option<(u64, ProtoField<'a>)> {
        let key = self.varint()?;
        let field = match key & 7 {
            0 => ProtoField::Varint(self.varint()?),
            1 => ProtoField::Fixed64(array(self.take(8)?)),
            2 => {
                let len = usize::try_from(self.varint()?).ok()?;
                ProtoField::Bytes(self.take(len)?)
            }
            5 => ProtoField::Fixed32(array(self.take(4)?)),
            _ => return None,
        };
        Some((key >> 3, field))
    }
}

impl<'a> Iterator for ProtoMessage<'a> {
    type Item = Option<(u64, ProtoField<'a>)>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let field = self.field();
        if field.is_none() {
            self.0 = &[];
        }
        Some(field)
    }
}

/// Copies the first bytes of a slice, which must have as many.
pub(super) fn array<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut array = [0; N];
    array.copy_from_slice(&bytes[..N]);
    array
}
