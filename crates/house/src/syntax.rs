//! Walks the syntax tree of a file and notes what the figures are made of, code of tests left out.

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Attribute, Expr, ImplItem, Item, Lit, Meta, Visibility};

/// A type that is defined in a file: a struct, enum, union, trait or alias.
#[derive(Debug, Clone)]
pub(crate) struct TypeName {
    /// Its name.
    pub(crate) name: String,
    /// The line of its name.
    pub(crate) line: usize,
}

/// A function with a body.
#[derive(Debug, Clone)]
pub(crate) struct FunctionSpan {
    /// Its name.
    pub(crate) name: String,
    /// The line of its name.
    pub(crate) first: usize,
    /// The line of its closing brace.
    pub(crate) last: usize,
}

/// A doc comment.
#[derive(Debug, Clone)]
pub(crate) struct DocComment {
    /// Its first line.
    pub(crate) line: usize,
    /// The text of its first line.
    pub(crate) text: String,
    /// True if it describes a field or a variant.
    pub(crate) of_field: bool,
}

/// The definitions of a file outside its tests.
#[derive(Debug, Default)]
pub(crate) struct FileDefinitions {
    /// Its types.
    pub(crate) types: Vec<TypeName>,
    /// Its functions and methods.
    pub(crate) functions: Vec<FunctionSpan>,
    /// Its doc comments.
    pub(crate) docs: Vec<DocComment>,
    /// The number of items and methods that are `pub` without restriction.
    pub(crate) public_items: usize,
    /// The lines of code that only tests compile, first and last.
    pub(crate) test_lines: Vec<(usize, usize)>,
    /// The names of the modules in other files that only tests compile.
    pub(crate) test_modules: Vec<String>,
}

/// Returns what the file defines.
pub(crate) fn definitions(file: &syn::File) -> FileDefinitions {
    let mut walk = DefinitionWalk::default();
    walk.note_docs(&file.attrs, false);
    walk.visit_file(file);
    walk.found
}

/// The visitor that fills [`FileDefinitions`].
#[derive(Debug, Default)]
struct DefinitionWalk {
    found: FileDefinitions,
}

impl DefinitionWalk {
    fn note_type(&mut self, name: &syn::Ident) {
        self.found.types.push(TypeName { name: name.to_string(), line: name.span().start().line });
    }

    fn note_function(&mut self, name: &syn::Ident, first: Span, body: &syn::Block) {
        self.found.functions.push(FunctionSpan {
            name: name.to_string(),
            first: first.start().line,
            last: body.brace_token.span.close().end().line,
        });
    }

    fn note_visibility(&mut self, visibility: &Visibility) {
        self.found.public_items += usize::from(matches!(visibility, Visibility::Public(_)));
    }

    /// Notes the first doc comment of an item; the lines that follow belong to it.
    fn note_docs(&mut self, attributes: &[Attribute], of_field: bool) {
        let docs = attributes.iter().find_map(|attribute| doc_text(attribute).zip(Some(attribute)));
        if let Some((text, attribute)) = docs {
            let line = attribute.span().start().line;
            self.found.docs.push(DocComment { line, text, of_field });
        }
    }

    /// Notes the lines of code that only tests compile; returns true if it is such code.
    fn skips(&mut self, attributes: &[Attribute], span: Span) -> bool {
        let skipped = attributes.iter().any(is_test);
        if skipped {
            self.found.test_lines.push((span.start().line, span.end().line));
        }
        skipped
    }
}

impl<'ast> Visit<'ast> for DefinitionWalk {
    fn visit_item(&mut self, item: &'ast Item) {
        let attributes = item_attributes(item);
        if self.skips(attributes, item.span()) {
            if let Item::Mod(module) = item
                && module.content.is_none()
            {
                self.found.test_modules.push(module.ident.to_string());
            }
            return;
        }
        self.note_docs(attributes, false);
        match item {
            Item::Struct(item) => self.note_type(&item.ident),
            Item::Enum(item) => self.note_type(&item.ident),
            Item::Union(item) => self.note_type(&item.ident),
            Item::Trait(item) => self.note_type(&item.ident),
            Item::Type(item) => self.note_type(&item.ident),
            Item::Fn(item) => self.note_function(&item.sig.ident, item.sig.span(), &item.block),
            _ => {}
        }
        visit::visit_item(self, item);
    }

    fn visit_impl_item(&mut self, item: &'ast ImplItem) {
        if let ImplItem::Fn(function) = item {
            if self.skips(&function.attrs, item.span()) {
                return;
            }
            self.note_docs(&function.attrs, false);
            self.note_function(&function.sig.ident, function.sig.span(), &function.block);
        }
        visit::visit_impl_item(self, item);
    }

    fn visit_trait_item(&mut self, item: &'ast syn::TraitItem) {
        if let syn::TraitItem::Fn(function) = item {
            self.note_docs(&function.attrs, false);
            if let Some(body) = &function.default {
                self.note_function(&function.sig.ident, function.sig.span(), body);
            }
        }
        visit::visit_trait_item(self, item);
    }

    fn visit_field(&mut self, field: &'ast syn::Field) {
        // A field is no item, so that its visibility is not counted.
        if !self.skips(&field.attrs, field.span()) {
            self.note_docs(&field.attrs, true);
        }
    }

    fn visit_variant(&mut self, variant: &'ast syn::Variant) {
        self.note_docs(&variant.attrs, true);
        visit::visit_variant(self, variant);
    }

    fn visit_visibility(&mut self, visibility: &'ast Visibility) {
        self.note_visibility(visibility);
    }
}

/// Returns the text of a doc attribute, trimmed.
fn doc_text(attribute: &Attribute) -> Option<String> {
    let Meta::NameValue(pair) = &attribute.meta else { return None };
    let Expr::Lit(literal) = &pair.value else { return None };
    let Lit::Str(text) = &literal.lit else { return None };
    pair.path.is_ident("doc").then(|| text.value().trim().to_owned())
}

/// Tells `#[cfg(test)]`, `#[cfg(all(test, …))]` and `#[test]` from other attributes.
fn is_test(attribute: &Attribute) -> bool {
    match &attribute.meta {
        Meta::Path(path) => path.is_ident("test"),
        Meta::List(list) if list.path.is_ident("cfg") => {
            let condition = list.tokens.to_string();
            let words: Vec<&str> = condition.split(|c: char| !c.is_alphanumeric()).collect();
            words.contains(&"test") && !words.contains(&"not") && !words.contains(&"any")
        }
        _ => false,
    }
}

/// Returns the attributes of an item.
fn item_attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::ExternCrate(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::ForeignMod(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Union(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}
