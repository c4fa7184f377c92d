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
