//! The rhythm of a world's life after its history: slots that grow longer, each of which may bring something.

/// Until how many seconds after the history's end, one slot of how many seconds; the last reaches for ever.
#[derive(Debug, Clone, Copy)]
pub struct Pace(pub [(u64, u64); 5]);

impl Pace {
    /// Which slot an offset in seconds falls into.
    pub fn slot_at(&self, offset: u64) -> u64 {
        let (mut slots, mut begin) = (0, 0);
        for (until, gap) in self.0 {
            if offset < until {
                return slots + (offset - begin) / gap;
            }
            slots += (until - begin) / gap;
            begin = until;
        }
        slots
    }

    /// A slot's first second and length.
    pub fn span(&self, slot: u64) -> (u64, u64) {
        let (mut slots, mut begin) = (0, 0);
        for (until, gap) in self.0 {
            let here = (until - begin) / gap;
            if slot - slots < here {
                return (begin + (slot - slots) * gap, gap);
            }
            slots += here;
            begin = until;
        }
        (begin, 1)
    }
}

#[test]
fn every_second_lies_in_the_span_of_its_slot() {
    let pace = Pace([(300, 30), (1_800, 75), (10_800, 240), (86_400, 900), (u64::MAX, 2_400)]);
    for offset in [0, 29, 30, 299, 300, 1_799, 1_800, 86_399, 86_400, 9_000_000] {
        let (begin, length) = pace.span(pace.slot_at(offset));
        assert!((begin..begin + length).contains(&offset), "{offset}: {begin} {length}");
    }
}
