//! What every world keeps, whatever its profile.

use super::*;
use kit::clock::Timestamp;

fn start() -> Timestamp {
    Timestamp::parse("2026-11-22T18:30:00Z").unwrap()
}

#[test]
#[ignore = "prints a sample to be read"]
fn print_a_sample() {
    let world = World::new(Profile::northside("sample", 7, start()));
    for video in world.youtube.videos(start()).take(12) {
        println!("{} {} | {:?}", video.published_at, video.title, world.youtube.video_stats(video, start()));
    }
    for comment in world.youtube.history().iter().step_by(9) {
        println!("{:?} {} {}: {}", comment.intent, comment.likes(start()), comment.author.handle, comment.text);
    }
}

#[test]
#[ignore = "measures, rather than asserts"]
#[expect(clippy::disallowed_methods, reason = "measures a duration")]
fn measure_a_build() {
    for size in Size::ALL {
        let begun = std::time::Instant::now();
        let world = World::new(Profile { size: *size, ..Profile::northside("sample", 7, start()) });
        println!("{size}: {:?} for {:?}", begun.elapsed(), world.youtube.promised(start()));
    }
}
