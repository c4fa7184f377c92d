//! `/settings/demo`, and the forms that enable, call back, repeat and leave.

use std::str::FromStr;

use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use kit::web::Nonce;
use serde::Deserialize;

use super::switchboard::{self, NotPressed, Switch};
use super::views::{self, Typed};
use super::{Choice, DemoLanguage, LARGEST_SEED, NICHE_REFUSED, Niche, Refused, Story};
use crate::accounts::return_to;
use crate::accounts::sessions::{SignedIn, Visitor};
use crate::app::App;
use crate::audit::{self, Event};
use crate::web::errors::{Error, Result};
use crate::web::ui;

/// What the form sends; every field may be missing, as from the dashboard's one button.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EnableForm {
    story: String,
    scenario: String,
    size: String,
    seed: String,
    niche: String,
    language: String,
    return_to: Option<String>,
}

pub async fn settings(State(app): State<App>, who: SignedIn, nonce: Nonce) -> Result<Response> {
    let typed = Typed::usual();
    settings_page(&app, who, &nonce, &typed).await
}

pub async fn enable(
    State(app): State<App>,
    who: SignedIn,
    visitor: Visitor,
    nonce: Nonce,
    Form(form): Form<EnableForm>,
) -> Result<Response> {
    let (user, acting) = (who.user.id, visitor.acting_for(who.user.id));
    let choice = match form.choice() {
        Ok(choice) => choice,
        Err(typed) => {
            let page = settings_page(&app, who, &nonce, &typed).await?;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
        }
    };
    let taken = app.write(acting, move |work| {
        super::enable(work, user, &choice)?;
        Ok(audit::record(work, Event::DemoEnabled, "")?)
    });
    let taken = taken.await;
    seen_as_it_is(taken, form.return_to.as_deref())
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DisableForm {
    return_to: Option<String>,
}

pub async fn disable(
    State(app): State<App>,
    who: SignedIn,
    visitor: Visitor,
    Form(form): Form<DisableForm>,
) -> Result<Response> {
    let user = who.user.id;
    let taken = app.write(visitor.acting_for(user), move |work| {
        super::disable(work, user)?;
        Ok(audit::record(work, Event::DemoLeft, "")?)
    });
    let taken = taken.await;
    seen_as_it_is(taken, form.return_to.as_deref())
}

/// Leads to where what was done is met.
pub async fn press(
    State(app): State<App>,
    who: SignedIn,
    visitor: Visitor,
    Path(switch): Path<String>,
) -> Result<Response> {
    let switch: Switch = switch.parse().map_err(|_| Error::NotFound)?;
    let user = who.user.id;
    app.write(visitor.acting_for(user), move |work| switchboard::press(work, user, switch)).await?;
    Ok(Redirect::to(views::where_it_is_met(switch)).into_response())
}

/// A button of a page that is no longer true does no harm: the page that follows shows how it stands.
fn seen_as_it_is(taken: Result<(), Refused>, back: Option<&str>) -> Result<Response> {
    match taken {
        Ok(()) | Err(Refused::Already(_)) => Ok(Redirect::to(return_to::local(back)).into_response()),
        Err(Refused::Db(error)) => Err(error.into()),
    }
}

impl EnableForm {
    fn choice(&self) -> Result<Choice, Box<Typed>> {
        let seed = match self.seed.trim() {
            "" => Ok(None),
            text => text.parse::<u64>().ok().filter(|seed| *seed <= LARGEST_SEED).map(Some).ok_or(()),
        };
        let story = if self.story.is_empty() { Ok(Story::default()) } else { self.story.parse() };
        let usual = Choice::of(story.unwrap_or_default());
        let scenario = if self.scenario.is_empty() { Ok(usual.scenario) } else { self.scenario.parse() };
        let size = if self.size.is_empty() { Ok(usual.size) } else { self.size.parse() };
        let (niche, language) = (named::<Niche>(&self.niche), named::<DemoLanguage>(&self.language));
        let is_of_story = Choice { niche: niche.unwrap_or_default(), ..usual }.has_its_niche();
        match (story, scenario, size, seed, niche, language) {
            (Ok(story), Ok(scenario), Ok(size), Ok(seed), Ok(niche), Ok(language)) if is_of_story => {
                Ok(Choice { story, scenario, size, seed, niche, language })
            }
            _ => Err(Box::new(Typed {
                story: self.story.clone(),
                scenario: self.scenario.clone(),
                size: self.size.clone(),
                seed: self.seed.clone(),
                niche: self.niche.clone(),
                language: self.language.clone(),
                seed_error: seed.is_err().then(|| format!("Enter a whole number up to {LARGEST_SEED}.")),
                niche_error: match niche {
                    Err(()) => Some("Choose one of these niches."),
                    Ok(_) => (!is_of_story).then_some(NICHE_REFUSED),
                },
                language_error: language.is_err().then_some("Choose one of these languages."),
            })),
        }
    }
}

/// Nothing chosen is the story's own.
fn named<T: FromStr>(typed: &str) -> Result<Option<T>, ()> {
    if typed.is_empty() { Ok(None) } else { typed.parse().map(Some).map_err(drop) }
}

async fn settings_page(app: &App, who: SignedIn, nonce: &Nonce, typed: &Typed) -> Result<Response> {
    let user = who.user.clone();
    let demo = app.read(move |look| super::view(look.conn, &user, look.now)).await?;
    let demo = demo.seen_in(&who.workspace, who.role);
    let shell = who.shell(app, nonce, "/settings/demo");
    let body = views::settings(&demo, typed, &shell.local);
    Ok(ui::page(&shell, "Demo mode", body).into_response())
}

impl From<NotPressed> for Error {
    fn from(refused: NotPressed) -> Self {
        match refused {
            NotPressed::NoDemo => Error::conflict("no_demo", "Turn demo mode on first: switches are part of it."),
            NotPressed::Db(error) => error.into(),
        }
    }
}

impl From<Refused> for Error {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Already(status) => Error::conflict("already", format!("Demo mode is already {status}.")),
            Refused::Db(error) => error.into(),
        }
    }
}
