//! Colour, if wanted. It never carries a meaning alone.

use anstyle::{AnsiColor, Effects, Style};

/// The use of colour.
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

    /// Colours an addition, or a success.
    pub fn green(self, text: &str) -> String {
        self.colour(text, AnsiColor::Green)
    }

    /// Colours a change, or a warning.
    pub fn yellow(self, text: &str) -> String {
        self.colour(text, AnsiColor::Yellow)
    }

    /// Colours a removal, or a failure.
    pub fn red(self, text: &str) -> String {
        self.colour(text, AnsiColor::Red)
    }

    /// Colours a replacement.
    pub fn magenta(self, text: &str) -> String {
        self.colour(text, AnsiColor::Magenta)
    }

    /// Colours an adoption, or a hint.
    pub fn cyan(self, text: &str) -> String {
        self.colour(text, AnsiColor::Cyan)
    }

    /// Makes a heading bold.
    pub fn bold(self, text: &str) -> String {
        self.style(text, Style::new().effects(Effects::BOLD))
    }

    /// Dims an aside.
    pub fn dim(self, text: &str) -> String {
        self.style(text, Style::new().effects(Effects::DIMMED))
    }
}
