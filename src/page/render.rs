//! Renders the page by the embedded templates.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use handlebars::{
    Context, Handlebars, Helper, HelperResult, JsonRender as _, Output, RenderContext, RenderError,
    html_escape,
};
use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};

use super::PageView;
use crate::app::Failure;

/// The policy of all pages: they load nothing, and have their styles within.
const FILE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";
const STYLE: &str = include_str!("../../templates/page/style.css");
/// The one script that the page's policy allows, by its hash: it names points, selects jobs across
/// figures, sorts and searches the tables of jobs, shows one job, saves figures. Without it the
/// page is complete to read. Its files form one scope, in the order in which they depend on each
/// other.
const SCRIPT: &str = concat!(
    "'use strict';\n(() => {\n",
    include_str!("../../templates/page/script/elements.js"),
    include_str!("../../templates/page/script/page.js"),
    include_str!("../../templates/page/script/number.js"),
    include_str!("../../templates/page/script/data.js"),
    include_str!("../../templates/page/script/query.js"),
    include_str!("../../templates/page/script/selection.js"),
    include_str!("../../templates/page/script/layers.js"),
    include_str!("../../templates/page/script/distribution.js"),
    include_str!("../../templates/page/script/plots.js"),
    include_str!("../../templates/page/script/bar.js"),
    include_str!("../../templates/page/script/curves.js"),
    include_str!("../../templates/page/script/chart.js"),
    include_str!("../../templates/page/script/learning.js"),
    include_str!("../../templates/page/script/compare.js"),
    include_str!("../../templates/page/script/job.js"),
    include_str!("../../templates/page/script/columns.js"),
    include_str!("../../templates/page/script/tables.js"),
    include_str!("../../templates/page/script/explore.js"),
    include_str!("../../templates/page/script/free.js"),
    include_str!("../../templates/page/script/save.js"),
    include_str!("../../templates/page/script/edf.js"),
    include_str!("../../templates/page/script/fold.js"),
    include_str!("../../templates/page/script/keys.js"),
    include_str!("../../templates/page/script/restore.js"),
    "})();\n",
);
/// The script of a page that is served, which brings it up to date in place; files have none of it.
const LIVE: &str = concat!(
    "'use strict';\n(() => {\n",
    include_str!("../../templates/page/script/elements.js"),
    include_str!("../../templates/page/script/number.js"),
    include_str!("../../templates/page/live/base.js"),
    include_str!("../../templates/page/script/chart.js"),
    include_str!("../../templates/page/live/live.js"),
    "})();\n",
);
const LIVE_STYLE: &str = include_str!("../../templates/page/live/live.css");
/// The script of the list of sweeps.
const LIST: &str = concat!(
    "'use strict';\n(() => {\n",
    include_str!("../../templates/page/script/elements.js"),
    include_str!("../../templates/page/script/number.js"),
    include_str!("../../templates/page/live/base.js"),
    include_str!("../../templates/page/live/list.js"),
    "})();\n",
);
/// A backtick as handlebars escapes it.
const BACKTICK: &str = "&#x60;";
const PAGE: &str = include_str!("../../templates/page/page.html.hbs");
const LIST_PAGE: &str = include_str!("../../templates/page/live/list.html.hbs");
/// The partial templates and the names by which templates include them.
const PARTIALS: [(&str, &str); 4] = [
    ("section", include_str!("../../templates/page/section.html.hbs")),
    ("distribution", include_str!("../../templates/page/distribution.html.hbs")),
    ("figure", include_str!("../../templates/page/figure.html.hbs")),
    ("table", include_str!("../../templates/page/table.html.hbs")),
];

/// Renders the page as one self-contained HTML file.
///
/// # Errors
///
/// If a template is damaged, with its line; tests render all templates, so a release has none.
pub fn render(page: &PageView) -> Result<String, Failure> {
    let policy = if page.data.is_empty() {
        FILE_POLICY.to_owned()
    } else {
        format!("{FILE_POLICY}; script-src {}", source(SCRIPT))
    };
    report(page, &policy, &Json::Null)
}

/// Renders the page as it is served, with the script that brings it up to date; `number` is that of its report.
///
/// # Errors
///
/// Fails where [`render`] fails.
pub fn render_served(page: &PageView, number: &str) -> Result<String, Failure> {
    let live = json!({ "number": number, "script": LIVE, "style": LIVE_STYLE });
    report(page, &served_sources(), &live)
}

/// Renders a page by its policy and what makes it `live`, if it is served.
fn report(page: &PageView, policy: &str, live: &Json) -> Result<String, Failure> {
    fill(
        PAGE,
        &json!({ "page": page, "style": STYLE, "script": SCRIPT, "policy": policy, "live": live }),
    )
}

/// Renders the list of sweeps that are served.
///
/// # Errors
///
/// Fails where [`render`] fails.
pub fn render_list(sweeps: &[Json], version: &str) -> Result<String, Failure> {
    let rows = Json::from(sweeps.to_vec()).to_string().replace('<', "\\u003c");
    let policy = served_sources();
    fill(
        LIST_PAGE,
        &json!({ "rows": rows, "sweeps": sweeps, "style": STYLE, "script": LIST, "policy": policy, "version": version }),
    )
}

/// Returns the policy of served pages for the header of the answer, which says what a page cannot say of itself.
pub fn served_policy() -> String {
    format!("{}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'", served_sources())
}

/// Returns what served pages may load and run: our scripts, and what comes from where they come from.
fn served_sources() -> String {
    let scripts = [SCRIPT, LIVE, LIST].map(source).join(" ");
    format!("{FILE_POLICY}; script-src {scripts}; connect-src 'self'")
}

/// Returns a script as a policy names it, by its hash.
fn source(script: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(script.as_bytes())))
}

fn fill(template: &str, parts: &Json) -> Result<String, Failure> {
    filled(template, parts).map_err(|error| Failure::Damaged {
        message: format!("the page's template is damaged: {error}"),
        hint: None,
    })
}

fn filled(template: &str, parts: &Json) -> Result<String, RenderError> {
    let mut handlebars = Handlebars::new();
    handlebars.set_strict_mode(true);
    handlebars.register_helper("words", Box::new(words));
    for (name, text) in PARTIALS {
        handlebars.register_template_string(name, text)?;
    }
    handlebars.render_template(template, parts)
}

/// Writes a sentence, with what stands between backticks as code.
fn words(
    helper: &Helper<'_>,
    _: &Handlebars<'_>,
    _: &Context,
    _: &mut RenderContext<'_, '_>,
    out: &mut dyn Output,
) -> HelperResult {
    let text = helper.param(0).map(|text| text.value().render()).unwrap_or_default();
    let escaped = html_escape(&text);
    let parts: Vec<&str> = escaped.split(BACKTICK).collect();
    if parts.len().is_multiple_of(2) {
        return Ok(out.write(&escaped)?);
    }
    for (at, part) in parts.iter().enumerate() {
        if at % 2 == 1 {
            out.write("<code>")?;
            out.write(part)?;
            out.write("</code>")?;
        } else {
            out.write(part)?;
        }
    }
    Ok(())
}
