//! Colour, where it is wanted. It never carries a meaning alone.

use anstyle::{AnsiColor, Effects, Style};

/// Whether to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paint {
    /// Escape sequences for a terminal.
    Colour,
    /// Plain text.
    Plain,
}

impl Paint {
    fn style(self, text: &str, style: Style) -> String {
        match self {
            Self::Colour => format!("{style}{text}{style:#}"),
            Self::Plain => text.to_owned(),
        }
    }

    fn colour(self, text: &str, colour: AnsiColor) -> String {
        self.style(text, Style::new().fg_color(Some(colour.into())))
    }

    /// What is added, what went well.
    pub fn green(self, text: &str) -> String {
        self.colour(text, AnsiColor::Green)
    }

    /// What changes, what is worth a look.
    pub fn yellow(self, text: &str) -> String {
        self.colour(text, AnsiColor::Yellow)
    }

    /// What is taken away, what went wrong.
    pub fn red(self, text: &str) -> String {
        self.colour(text, AnsiColor::Red)
    }

    /// What is made anew.
    pub fn magenta(self, text: &str) -> String {
        self.colour(text, AnsiColor::Magenta)
    }

    /// What is taken over; hints.
    pub fn cyan(self, text: &str) -> String {
        self.colour(text, AnsiColor::Cyan)
    }

    /// Headings.
    pub fn bold(self, text: &str) -> String {
        self.style(text, Style::new().effects(Effects::BOLD))
    }

    /// Asides.
    pub fn dim(self, text: &str) -> String {
        self.style(text, Style::new().effects(Effects::DIMMED))
    }
}
