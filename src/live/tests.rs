//! Who hears what.

use kit::clock::Timestamp;
use kit::db::Signal;
use kit::random::Random;

use super::{Heard, Hint, TOPIC, hear};
use crate::sessions::{self, SessionId};
use crate::workspaces::UserId;

#[test]
fn a_stream_hears_its_own_user_and_session_and_nobody_else() {
    let random = Random::seeded(1);
    let [ann, ben] = [(); 2].map(|()| UserId::new(Timestamp::EPOCH, &random));
    let [here, there] = [(); 2].map(|()| SessionId::new(Timestamp::EPOCH, &random));
    let heard = |topic: &str, key: String| hear(&Signal { topic: topic.into(), key }, ann, here);

    assert_eq!(heard(TOPIC, format!("{ann}:demo")), Heard::Changed(Hint::Demo));
    assert_eq!(heard(TOPIC, format!("{ben}:demo")), Heard::Nothing);
    assert_eq!(heard(TOPIC, format!("{ann}:gossip")), Heard::Nothing);
    assert_eq!(heard(kit::jobs::JOB_TOPIC, ann.to_string()), Heard::Changed(Hint::Job));
    assert_eq!(heard(kit::jobs::JOB_TOPIC, ben.to_string()), Heard::Nothing);
    assert_eq!(heard(sessions::ENDED, here.to_string()), Heard::Ended);
    assert_eq!(heard(sessions::ENDED, there.to_string()), Heard::Nothing);
    assert_eq!(heard(Signal::RESYNC, String::new()), Heard::Gap);
}
