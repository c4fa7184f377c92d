//! Forms: fields with label, help and error; buttons that post.

use maud::{Markup, Render, html};

use super::icons::{Icon, icon};

/// One labelled line (or area) of text.
#[derive(Clone, Debug, Default)]
pub struct Field<'a> {
    name: &'a str,
    id: Option<&'a str>,
    label: &'a str,
    kind: &'a str,
    value: &'a str,
    help: Option<Markup>,
    error: Option<&'a str>,
    autocomplete: Option<&'a str>,
    rows: Option<u8>,
    max_length: Option<u32>,
    placeholder: Option<&'a str>,
    list: Option<&'a str>,
    required: bool,
    autofocus: bool,
}

impl<'a> Field<'a> {
    pub fn text(name: &'a str, label: &'a str) -> Self {
        Self { name, label, kind: "text", ..Self::default() }
    }

    pub fn email(name: &'a str, label: &'a str) -> Self {
        Self { kind: "email", ..Self::text(name, label) }.autocomplete("username")
    }

    /// What was typed into it is never sent back.
    pub fn password(name: &'a str, label: &'a str, autocomplete: &'a str) -> Self {
        Self { kind: "password", ..Self::text(name, label) }.autocomplete(autocomplete)
    }

    pub fn number(name: &'a str, label: &'a str) -> Self {
        Self { kind: "number", ..Self::text(name, label) }
    }

    pub fn date(name: &'a str, label: &'a str) -> Self {
        Self { kind: "date", ..Self::text(name, label) }
    }

    pub fn time(name: &'a str, label: &'a str) -> Self {
        Self { kind: "time", ..Self::text(name, label) }
    }

    pub fn search(name: &'a str, label: &'a str) -> Self {
        Self { kind: "search", ..Self::text(name, label) }
    }

    pub fn area(name: &'a str, label: &'a str, rows: u8) -> Self {
        Self { rows: Some(rows), ..Self::text(name, label) }
    }

    /// Where several forms of a page have a field of the same name.
    pub fn id(self, id: &'a str) -> Self {
        Self { id: Some(id), ..self }
    }

    pub fn value(self, value: &'a str) -> Self {
        Self { value, ..self }
    }

    pub fn help(self, help: impl Render) -> Self {
        Self { help: Some(help.render()), ..self }
    }

    pub fn error(self, error: Option<&'a str>) -> Self {
        Self { error, ..self }
    }

    pub fn autocomplete(self, autocomplete: &'a str) -> Self {
        Self { autocomplete: Some(autocomplete), ..self }
    }

    pub fn placeholder(self, placeholder: &'a str) -> Self {
        Self { placeholder: Some(placeholder), ..self }
    }

    pub fn max_length(self, max_length: u32) -> Self {
        Self { max_length: Some(max_length), ..self }
    }

    /// The id of a datalist that completes it.
    pub fn list(self, list: &'a str) -> Self {
        Self { list: Some(list), ..self }
    }

    pub fn required(self) -> Self {
        Self { required: true, ..self }
    }

    pub fn autofocus(self) -> Self {
        Self { autofocus: true, ..self }
    }

    pub fn autofocus_if(self, autofocus: bool) -> Self {
        Self { autofocus, ..self }
    }

    fn described_by(&self) -> Option<String> {
        let id = self.own_id();
        match (self.error.is_some(), self.help.is_some()) {
            (true, true) => Some(format!("{id}-error {id}-help")),
            (true, false) => Some(format!("{id}-error")),
            (false, true) => Some(format!("{id}-help")),
            (false, false) => None,
        }
    }

    fn own_id(&self) -> &str {
        self.id.unwrap_or(self.name)
    }

    fn control(&self) -> Markup {
        let id = self.own_id();
        let described = self.described_by();
        let invalid = self.error.map(|_| "true");
        let value = (self.kind != "password" && !self.value.is_empty()).then_some(self.value);
        html! {
            @if let Some(rows) = self.rows {
                textarea id=(id) name=(self.name) rows=(rows) required[self.required] autofocus[self.autofocus]
                    maxlength=[self.max_length] placeholder=[self.placeholder] aria-describedby=[described] aria-invalid=[invalid] {
                    // A parser drops the first line break of a textarea.
                    "\n" (self.value)
                }
            } @else {
                input id=(id) name=(self.name) type=(self.kind) value=[value] required[self.required] autofocus[self.autofocus]
                    autocomplete=[self.autocomplete] maxlength=[self.max_length] placeholder=[self.placeholder] list=[self.list]
                    aria-describedby=[described] aria-invalid=[invalid];
            }
        }
    }
}

impl Render for Field<'_> {
    fn render(&self) -> Markup {
        let id = self.own_id();
        html! {
            div.field {
                label for=(id) { (self.label) }
                (self.control())
                (error_line(id, self.error))
                @if let Some(help) = &self.help { p.help id={ (id) "-help" } { (help) } }
            }
        }
    }
}

fn error_line(name: &str, error: Option<&str>) -> Markup {
    html! { @if let Some(error) = error { p.error id={ (name) "-error" } { (icon(Icon::Alert)) (error) } } }
}

/// Several boxes that answer one question.
pub fn fieldset(name: &str, legend: &str, error: Option<&str>, boxes: Markup) -> Markup {
    let described = error.map(|_| format!("{name}-error"));
    html! {
        fieldset.field aria-describedby=[described] {
            legend { (legend) }
            (boxes)
            (error_line(name, error))
        }
    }
}

/// One of a few.
#[derive(Clone, Debug)]
pub struct Select<'a> {
    name: &'a str,
    label: &'a str,
    options: Vec<(&'a str, &'a str)>,
    selected: &'a str,
    help: Option<Markup>,
    error: Option<&'a str>,
}

impl<'a> Select<'a> {
    pub fn new(name: &'a str, label: &'a str, selected: &'a str) -> Self {
        Self { name, label, options: Vec::new(), selected, help: None, error: None }
    }

    pub fn option(mut self, value: &'a str, text: &'a str) -> Self {
        self.options.push((value, text));
        self
    }

    pub fn help(self, help: impl Render) -> Self {
        Self { help: Some(help.render()), ..self }
    }

    pub fn error(self, error: Option<&'a str>) -> Self {
        Self { error, ..self }
    }
}

impl Render for Select<'_> {
    fn render(&self) -> Markup {
        let described = self.help.as_ref().map(|_| format!("{}-help", self.name));
        html! {
            div.field {
                label for=(self.name) { (self.label) }
                select id=(self.name) name=(self.name) aria-describedby=[described] aria-invalid=[self.error.map(|_| "true")] {
                    @for (value, text) in &self.options {
                        option value=(value) selected[*value == self.selected] { (text) }
                    }
                }
                (error_line(self.name, self.error))
                @if let Some(help) = &self.help { p.help id={ (self.name) "-help" } { (help) } }
            }
        }
    }
}

/// Yes or no.
#[derive(Clone, Copy, Debug)]
pub struct Check<'a> {
    pub name: &'a str,
    pub label: &'a str,
    pub checked: bool,
}

impl Render for Check<'_> {
    fn render(&self) -> Markup {
        html! { label.check { input type="checkbox" name=(self.name) value="true" checked[self.checked]; span { (self.label) } } }
    }
}

/// A button: inside a form by [`Render`], or alone as a form of its own by [`Button::posts`].
#[derive(Clone, Debug)]
pub struct Button<'a> {
    label: &'a str,
    rest: Option<&'a str>,
    class: &'static str,
    icon: Option<Icon>,
    test: Option<&'a str>,
    describe: Option<&'a str>,
    hidden: Vec<(&'a str, &'a str)>,
}

impl<'a> Button<'a> {
    pub fn new(label: &'a str) -> Self {
        Self { label, rest: None, class: "button", icon: None, test: None, describe: None, hidden: Vec::new() }
    }

    pub fn primary(label: &'a str) -> Self {
        Self { class: "button primary", ..Self::new(label) }
    }

    /// For what cannot be taken back.
    pub fn danger(label: &'a str) -> Self {
        Self { class: "button danger", ..Self::new(label) }
    }

    pub fn quiet(label: &'a str) -> Self {
        Self { class: "button quiet", ..Self::new(label) }
    }

    pub fn icon(self, icon: Icon) -> Self {
        Self { icon: Some(icon), ..self }
    }

    /// The end of the label, which a phone leaves to who listens.
    pub fn rest(self, rest: &'a str) -> Self {
        Self { rest: Some(rest), ..self }
    }

    /// The name by which tests find it.
    pub fn test(self, test: &'a str) -> Self {
        Self { test: Some(test), ..self }
    }

    /// The whole meaning, where many buttons of a page say the same word.
    pub fn describe(self, describe: &'a str) -> Self {
        Self { describe: Some(describe), ..self }
    }

    pub fn hidden(mut self, name: &'a str, value: &'a str) -> Self {
        self.hidden.push((name, value));
        self
    }

    /// Asks once, in words, before it posts to `action`; `id` is the question's on its page.
    pub fn asks(self, id: &str, question: &str, action: &str) -> Markup {
        let sure = Button { class: "button danger", icon: None, describe: None, ..self.clone() };
        html! {
            button class=(self.class) type="button" popovertarget=(id) aria-label=[self.describe] {
                (self.words())
            }
            div id=(id) .menu.asks popover role="dialog" aria-label={ (self.label) @if let Some(rest) = self.rest { " " (rest) } } { p { (question) } (sure.posts(action)) }
        }
    }

    fn words(&self) -> Markup {
        html! {
            @if let Some(sign) = self.icon { (icon(sign)) }
            @if let Some(rest) = self.rest { span { (self.label) " " span.on-wide { (rest) } } } @else { (self.label) }
        }
    }

    /// The button as a form that posts to `action`.
    pub fn posts(self, action: &str) -> Markup {
        html! {
            form method="post" action=(action) {
                @for (name, value) in &self.hidden { input type="hidden" name=(name) value=(value); }
                (self)
            }
        }
    }
}

impl Render for Button<'_> {
    fn render(&self) -> Markup {
        html! {
            button class=(self.class) type="submit" data-test=[self.test] aria-label=[self.describe] {
                (self.words())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_stands_beside_its_field_and_keeps_what_was_typed() {
        let html = Field::email("email", "E-mail")
            .value("a\"b")
            .error(Some("Not an address"))
            .help("Yours")
            .render()
            .into_string();
        assert!(html.contains("value=\"a&quot;b\""), "{html}");
        assert!(html.contains("aria-describedby=\"email-error email-help\" aria-invalid=\"true\""), "{html}");
        assert!(html.contains("id=\"email-error\""), "{html}");
    }

    #[test]
    fn a_password_is_never_sent_back() {
        let html = Field::password("password", "Password", "current-password").value("secret").render().into_string();
        assert!(!html.contains("secret"), "{html}");
    }

    #[test]
    fn a_button_posts_alone() {
        let html = Button::primary("Try demo mode").test("enable-demo").posts("/demo/enable").into_string();
        assert_eq!(
            html,
            "<form method=\"post\" action=\"/demo/enable\"><button class=\"button primary\" type=\"submit\" data-test=\"enable-demo\">Try demo mode</button></form>"
        );
    }
}
