//! Demo mode as people see it: one panel for every state, on the dashboard and above every page, and its settings.

use kit::jobs::{JobStatus, JobView};
use maud::{Markup, html};

use super::{Choice, Demo, DemoStatus, Fault, Operation, Platforms, Profile, Scenario, Size, Story, pictures};
use crate::model::Platform;
use crate::web::ui::controls::{Tone, key_values, notice, progress};
use crate::web::ui::forms::{Button, Select, fieldset};
use crate::web::ui::icons::Icon;
use crate::web::ui::layout::{card, head};
use crate::web::ui::live::{Live, live};
use crate::web::ui::numbers::{counted, grouped};
use crate::web::ui::{Local, platform_mark, settings_tabs};

mod more;
mod switches;

pub use switches::where_it_is_met;

/// The panel of the dashboard: an invitation, or how it stands.
pub fn panel(demo: &Demo, local: &Local) -> Markup {
    let body = match demo.status {
        DemoStatus::Disabled if demo.may_change => invitation(),
        DemoStatus::Disabled => html! {},
        _ if demo.is_elsewhere => html! {},
        _ => banner(demo, local),
    };
    live(Live { name: "demo", hints: "demo job", source: "/dashboard?panel=demo" }, body)
}

/// Above every other page, while there is something to say.
pub fn strip(demo: &Demo, local: &Local) -> Markup {
    let body = html! { @if demo.status != DemoStatus::Disabled && !demo.is_elsewhere { (banner(demo, local)) } };
    live(Live { name: "demo", hints: "demo job", source: "/dashboard?panel=demo-strip" }, body)
}

fn invitation() -> Markup {
    html! {
        section.banner.invitation {
            div {
                strong { "New here? Try everything with a demo." }
                p { "A creator's channel with over a thousand comments, a restaurant with its Google reviews, and more: ready in seconds, no API key needed. It has its own workspace, so your data stays untouched." }
            }
            div.actions {
                (Button::primary("Try demo mode").test("enable-demo").posts("/demo/enable"))
                (Button::new("Try it with a restaurant").test("enable-restaurant").hidden("story", Story::Restaurant.as_str()).posts("/demo/enable"))
                a href="/settings/demo" { "Choose another story" }
                a href="/connections" { "Connect an account" }
            }
        }
    }
}

fn banner(demo: &Demo, local: &Local) -> Markup {
    html! {
        section.banner.(tone(demo.status)) data-test="demo-banner" aria-label="Demo mode" {
            @match demo.status {
                DemoStatus::Disabled => {}
                DemoStatus::Enabling => (enabling(demo, local)),
                DemoStatus::Enabled => (enabled(demo.name.as_deref(), demo.may_change)),
                DemoStatus::Disabling => (disabling(demo, local)),
                DemoStatus::Failed => (failed(demo.fault.as_ref(), demo.may_change)),
            }
        }
    }
}

/// What leaving takes along.
const GOES: &str =
    "This deletes the demo's comments and every reply, note and tag you made here. Your own data stays as it is.";

const fn tone(status: DemoStatus) -> &'static str {
    match status {
        DemoStatus::Failed => "bad",
        _ => "accent",
    }
}

fn enabling(demo: &Demo, local: &Local) -> Markup {
    html! {
        div data-test="demo-enabling" {
            strong data-announce { "Demo mode is being set up." }
            (at_work(demo.job.as_ref(), local))
        }
        @if demo.may_change { div.actions { (Button::new("Cancel").test("demo-cancel").posts("/demo/disable")) } }
    }
}

fn enabled(name: Option<&str>, may_change: bool) -> Markup {
    let name = name.unwrap_or("your demo");
    html! {
        div data-test="demo-enabled" {
            p { strong data-announce { "Demo: " (name) "." } span.rest { " Everything here is simulated; your own data is untouched." } }
        }
        @if may_change {
            div.actions { (Button::new("Turn off").rest("demo mode").test("disable-demo").asks("leaving-demo", GOES, "/demo/disable")) }
        }
    }
}

fn disabling(demo: &Demo, local: &Local) -> Markup {
    let returns = demo.next.is_some();
    html! {
        div data-test="demo-disabling" {
            strong data-announce {
                @if returns { "Turning demo mode off; it starts again afterwards." } @else { "Turning demo mode off." }
            }
            (at_work(demo.job.as_ref(), local))
        }
        @if demo.may_change { div.actions {
            @if returns {
                (Button::new("Just turn it off").test("demo-leave-only").posts("/demo/disable"))
            } @else {
                (Button::new("Start it again").test("demo-again").posts("/demo/enable"))
            }
        } }
    }
}

fn failed(fault: Option<&Fault>, may_change: bool) -> Markup {
    let operation = fault.map_or(Operation::Enable, |fault| fault.operation);
    let (what, again) = match operation {
        Operation::Enable => ("Demo mode couldn't be set up.", "/demo/enable"),
        Operation::Disable => ("Demo mode couldn't be turned off completely.", "/demo/disable"),
    };
    html! {
        div data-test="demo-failed" {
            strong data-announce { (what) }
            @if let Some(fault) = fault { p { (fault.message) } }
        }
        @if may_change { div.actions {
            (Button::primary("Try again").test("demo-retry").posts(again))
            @match operation {
                Operation::Enable => (Button::new("Turn it off").test("disable-demo").posts("/demo/disable")),
                Operation::Disable => (Button::new("Start over").test("enable-demo").posts("/demo/enable")),
            }
        } }
    }
}

/// The bar, and what a person who waits wants to know: which step, which attempt, when the next.
fn at_work(job: Option<&JobView>, local: &Local) -> Markup {
    let Some(job) = job else { return html! {} };
    html! {
        @if job.cancel_requested {
            p { "Cancelling…" }
        } @else if let (JobStatus::Pending, Some(error), Some(next)) = (job.status, &job.error, job.next_run_at) {
            p { (error.message) " Attempt " (job.attempt) " of " (job.max_attempts) " failed. Trying again " (local.ago(next)) "." }
        } @else if job.status == JobStatus::Pending && job.interruptions > 0 {
            p { "Interrupted. Resuming in a moment." }
        } @else if job.status == JobStatus::Pending && !job.no_worker_online {
            p { "Starting in a moment." }
        } @else if job.status != JobStatus::Pending {
            (progress(job.progress.done, job.progress.total, &job.progress.step))
            @if job.attempt > 1 { small.muted { "Attempt " (job.attempt) " of " (job.max_attempts) } }
        }
        @if job.no_worker_online {
            p { "No worker is running right now. Your request is saved and will start as soon as one is." }
        }
    }
}

/// What a form for demo mode held when it was refused.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    pub story: String,
    pub scenario: String,
    pub size: String,
    pub seed: String,
    pub niche: String,
    pub language: String,
    pub seed_error: Option<String>,
    pub niche_error: Option<&'static str>,
    pub language_error: Option<&'static str>,
}

impl Typed {
    pub fn usual() -> Self {
        let Choice { story, size, .. } = Choice::default();
        Self { story: story.to_string(), size: size.to_string(), ..Self::default() }
    }
}

pub fn settings(demo: &Demo, typed: &Typed, local: &Local) -> Markup {
    html! {
        (head("Demo mode", html! { "A sample account to try everything with, in its own workspace." }, html! {}))
        (settings_tabs("/settings/demo"))
        @match demo.status {
            _ if !demo.may_change => (notice(Tone::Plain, "Only owners turn demo mode on or off. Switch to a workspace of your own.")),
            DemoStatus::Disabled | DemoStatus::Failed => (choose(typed)),
            DemoStatus::Enabled => @if let Some(profile) = &demo.profile { (applied(profile)) (switches::card_of(profile)) },
            DemoStatus::Enabling | DemoStatus::Disabling => {
                (card("In progress", html! {}, at_work(demo.job.as_ref(), local)))
            }
        }
    }
}

fn choose(typed: &Typed) -> Markup {
    let scenario = Scenario::ALL.iter().fold(
        Select::new("scenario", "Scenario", &typed.scenario).option("", "As the story has it"),
        |select, scenario| select.option(scenario.as_str(), scenario_name(*scenario)),
    );
    let size = Size::ALL
        .iter()
        .fold(Select::new("size", "Size", &typed.size), |select, size| select.option(size.as_str(), size_name(*size)));
    let body = html! {
        form.stack method="post" action="/demo/enable" {
            input type="hidden" name="return_to" value="/settings/demo";
            (stories(&typed.story))
            (scenario)
            (size)
            (more::choices(typed))
            div.actions { (Button::primary("Set up demo mode").test("enable-demo").icon(Icon::Demo)) }
        }
    };
    card("Set up", html! {}, body)
}

fn stories(chosen: &str) -> Markup {
    let one = |story: Story| {
        let (title, words) = story_words(story);
        html! {
            label.check.story {
                input type="radio" name="story" value=(story) checked[chosen == story.as_str()];
                (pictures::of(story))
                span {
                    b { (title) }
                    span.meta { (words) }
                    span.platforms { @for platform in story_platforms(story) { (platform_mark(platform.as_str())) " " } }
                }
            }
        }
    };
    fieldset("story", "Story", None, html! { div.stories { @for story in Story::ALL { (one(*story)) } } })
}

const fn story_platforms(story: Story) -> &'static [Platform] {
    match story {
        Story::Creator => &[Platform::YouTube, Platform::Bluesky],
        Story::Restaurant => &[Platform::Google],
        Story::Shop => &[Platform::Google, Platform::Bluesky],
        Story::Brand | Story::Agency => &[Platform::YouTube, Platform::Google, Platform::Bluesky],
    }
}

const fn story_words(story: Story) -> (&'static str, &'static str) {
    match story {
        Story::Creator => {
            ("A growing creator", "A YouTube channel and Bluesky: comments, questions, mentions and some spam.")
        }
        Story::Restaurant => {
            ("A local restaurant", "Google reviews with stars, replies that Google moderates, and one bad evening.")
        }
        Story::Brand => {
            ("A brand in a crisis", "Kettles leak, and people say so on YouTube, in Google reviews and on Bluesky.")
        }
        Story::Shop => ("A small shop", "A coffee roastery with Google reviews and regulars on Bluesky."),
        Story::Agency => {
            ("An agency with four brands", "A channel, a restaurant, a shop and a Bluesky account, side by side.")
        }
    }
}

fn applied(profile: &Profile) -> Markup {
    let (story, _) = story_words(profile.story);
    let pairs = [
        ("Name", html! { (profile.channel_name) }),
        ("Story", html! { (story) }),
        ("Scenario", html! { (scenario_name(profile.scenario)) }),
        ("Size", html! { (size_name(profile.size)) }),
        ("Niche", html! { (more::niche_told(profile)) }),
        ("Language", html! { (more::language_name(profile.language)) }),
        ("Seed", html! { span.num { (profile.seed) } }),
        ("Started with", started_with(profile)),
    ];
    let body = html! {
        (key_values(&pairs))
        (notice(Tone::Plain, "New comments and reviews keep coming in while demo mode is on. Turning it off deletes all of it."))
        div.actions { (Button::new("Turn off demo mode").posts("/demo/disable")) }
    };
    card("This demo", html! {}, body)
}

fn started_with(profile: &Profile) -> Markup {
    let Platforms { youtube, google_business, bluesky } = &profile.platforms;
    html! {
        div {
            @if let Some(youtube) = youtube {
                p { (grouped(youtube.promised.videos)) " videos, " (grouped(youtube.promised.interactions)) " comments" }
            }
            @if let Some(google) = google_business {
                p {
                    (counted(google.promised.locations, "location", "locations")) ", "
                    (grouped(google.promised.interactions)) " reviews and answers"
                }
            }
            @if let Some(bluesky) = bluesky {
                p { (grouped(bluesky.promised.posts)) " posts, " (grouped(bluesky.promised.interactions)) " replies and mentions" }
            }
        }
    }
}

const fn scenario_name(scenario: Scenario) -> &'static str {
    match scenario {
        Scenario::Healthy => "Healthy: mostly praise and questions",
        Scenario::Typical => "Typical: a bit of everything",
        Scenario::Struggling => "Struggling: complaints after an incident",
        Scenario::Viral => "Viral: suddenly many more of them",
    }
}

const fn size_name(size: Size) -> &'static str {
    match size {
        Size::Small => "Small",
        Size::Medium => "Medium",
        Size::Large => "Large",
    }
}
