//! Finds forms and links in our own pages. Not an HTML parser: it reads tags, attributes and the few entities that we
//! write.

/// A form, with the values that the page filled in.
#[derive(Clone, PartialEq, Eq)]
pub struct Form {
    /// The action, relative to the page.
    pub action: String,
    /// Whether the method is POST rather than GET.
    pub is_post: bool,
    fields: Vec<(String, String)>,
}

impl Form {
    /// An empty POST form that is on no page, as another page of the same site could contain.
    pub fn post(action: impl Into<String>) -> Self {
        Self { action: action.into(), is_post: true, fields: Vec::new() }
    }

    /// Sets a field; adds it if it does not exist.
    #[must_use]
    pub fn fill(mut self, name: &str, value: &str) -> Self {
        match self.fields.iter_mut().find(|(found, _)| found == name) {
            Some((_, old)) => value.clone_into(old),
            None => self.fields.push((name.to_owned(), value.to_owned())),
        }
        self
    }

    /// Whether it has a field named `name`.
    pub fn has(&self, name: &str) -> bool {
        self.value(name).is_some()
    }

    /// The value of a field.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// The fields as `application/x-www-form-urlencoded`.
    pub(super) fn encoded(&self) -> String {
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.fields).finish()
    }
}

/// Prints the names of the fields, never their values.
impl std::fmt::Debug for Form {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<_> = self.fields.iter().map(|(name, _)| name).collect();
        f.debug_struct("Form").field("is_post", &self.is_post).field("fields", &names).finish_non_exhaustive()
    }
}

/// All forms, in document order.
pub(super) fn forms(html: &str) -> Vec<Form> {
    let mut forms: Vec<Form> = Vec::new();
    let mut is_open = false;
    for tag in tags(html) {
        match tag.name.as_str() {
            "form" => {
                let is_post = tag.attribute("method").is_some_and(|method| method.eq_ignore_ascii_case("post"));
                let action = tag.attribute("action").unwrap_or_default();
                forms.push(Form { action, is_post, fields: Vec::new() });
                is_open = true;
            }
            "/form" => is_open = false,
            "input" if is_open => {
                let skipped = ["submit", "button", "reset", "image", "file"];
                let kind = tag.attribute("type").unwrap_or_default().to_ascii_lowercase();
                if let (Some(form), Some(name)) = (forms.last_mut(), tag.attribute("name"))
                    && !skipped.contains(&kind.as_str())
                {
                    form.fields.push((name, tag.attribute("value").unwrap_or_default()));
                }
            }
            _ => {}
        }
    }
    forms
}

/// The targets of all links, in document order.
pub(super) fn links(html: &str) -> Vec<String> {
    tags(html).filter(|tag| tag.name == "a").filter_map(|tag| tag.attribute("href")).collect()
}

struct Tag<'a> {
    name: String,
    inside: &'a str,
}

impl Tag<'_> {
    /// The value of an attribute; empty if it has no value.
    fn attribute(&self, wanted: &str) -> Option<String> {
        let mut rest = self.inside;
        loop {
            rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
            let end = rest.find(|c: char| c.is_whitespace() || c == '=' || c == '/').unwrap_or(rest.len());
            let (name, after) = rest.split_at(end);
            if name.is_empty() {
                return None;
            }
            let mut value = "";
            rest = after;
            if let Some(quoted) = after.trim_start().strip_prefix('=').map(str::trim_start) {
                (value, rest) = match quoted.chars().next() {
                    Some(quote @ ('"' | '\'')) => quoted.get(1..)?.split_once(quote)?,
                    _ => quoted.split_at(quoted.find(char::is_whitespace).unwrap_or(quoted.len())),
                };
            }
            if name.eq_ignore_ascii_case(wanted) {
                return Some(unescape(value));
            }
        }
    }
}

/// Tags from left to right. A `>` inside a quoted value does not end a tag.
fn tags(html: &str) -> impl Iterator<Item = Tag<'_>> {
    let mut rest = html;
    std::iter::from_fn(move || {
        let (_, after) = rest.split_once('<')?;
        let mut quote = None;
        let end = after.find(|c| {
            match (quote, c) {
                (None, '"' | '\'') => quote = Some(c),
                (Some(open), c) if open == c => quote = None,
                _ => {}
            }
            quote.is_none() && c == '>'
        })?;
        let (inside, beyond) = after.split_at(end);
        rest = beyond;
        let name_end = inside.find(char::is_whitespace).unwrap_or(inside.len());
        let (name, inside) = inside.split_at(name_end);
        Some(Tag { name: name.to_ascii_lowercase(), inside })
    })
}

fn unescape(text: &str) -> String {
    let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&#x27;", "'"), ("&amp;", "&")];
    entities.into_iter().fold(text.to_owned(), |text, (entity, c)| text.replace(entity, c))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<!doctype html><title>a "quoted" title</title>
        <a class="x" href="countenance://verify?v=http%3A%2F%2Fv&amp;s=1&amp;c=2">Open</a>
        <form method="POST" action='/u/login?a=1&amp;b=2'>
          <input type="hidden" name="state" value="a&quot;&gt;b">
          <label>Code <input name=code value=7></label><input type="email" name="email" value="" required/>
          <input type="submit" name="go" value="Go"><button>Go</button></form>
        <input name="stray" value="1"><form><input name='q'></form>"#;

    #[test]
    fn finds_forms_and_links() {
        let [login, search] = <[Form; 2]>::try_from(forms(PAGE)).unwrap();
        assert_eq!((login.action.as_str(), login.is_post), ("/u/login?a=1&b=2", true));
        assert_eq!(login.value("state"), Some("a\">b"));
        assert!(login.has("email") && !login.has("go") && !login.has("stray"));
        assert_eq!((search.is_post, search.value("q")), (false, Some("")));
        assert_eq!(links(PAGE), ["countenance://verify?v=http%3A%2F%2Fv&s=1&c=2"]);
        let filled = login.fill("email", "ada@example.com").fill("password", "a&b");
        assert_eq!(filled.encoded(), "state=a%22%3Eb&code=7&email=ada%40example.com&password=a%26b");
    }

    #[test]
    fn terminates_on_malformed_documents() {
        for html in ["", "<", "<form", "<form action=\"", "<input name=", "<a href='x", "<>", "<form>\u{fffd}<input ="]
        {
            assert!(forms(html).len() <= 1, "{html}");
        }
    }
}
