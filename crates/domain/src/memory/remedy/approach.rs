//! The kinds of answers to a failure.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How a failure is answered, cheapest first.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Tactic {
    /// Another way to the same end.
    FallbackPath,
    /// The same action with another locator, value format, wait or order.
    RetryWithVariation,
    /// The keyboard instead of the pointer, the link's address instead of a click, the accessible
    /// name instead of the document's structure.
    AlternativeTool,
    /// A human.
    Escalation,
}

/// What a remedy does, without saying where: this is what carries over to other sites.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Approach {
    /// A fallback of the client's own plan.
    PlanFallback,
    /// The element by another locator.
    OtherLocator,
    /// The value in a format that the page names for its field.
    OtherFormat,
    /// Close what covers the page first.
    DismissOverlay,
    /// Open the menu, tab or section that holds the element first.
    OpenMenu,
    /// Wait longer, until the page is at rest.
    WaitForIdle,
    /// Scroll, so that the page brings up what it has not yet.
    Scroll,
    /// Accept the dialog that is in the way.
    AcceptDialog,
    /// The keyboard instead of the pointer.
    Keyboard,
    /// Go to the link's address instead of clicking it.
    FollowLink,
    /// What a human said.
    HumanAnswer,
    /// Nothing: a human said that the step can be left out. For the very situation only.
    LeaveOut,
    /// Nothing: a human said that it cannot be done. For the very situation only.
    GiveUp,
}

impl Approach {
    /// Every approach.
    pub const ALL: [Self; 13] = [
        Self::PlanFallback,
        Self::OtherLocator,
        Self::OtherFormat,
        Self::DismissOverlay,
        Self::OpenMenu,
        Self::WaitForIdle,
        Self::Scroll,
        Self::AcceptDialog,
        Self::Keyboard,
        Self::FollowLink,
        Self::HumanAnswer,
        Self::LeaveOut,
        Self::GiveUp,
    ];

    /// The tactic it belongs to.
    #[must_use]
    pub const fn tactic(self) -> Tactic {
        match self {
            Self::PlanFallback => Tactic::FallbackPath,
            Self::OtherLocator
            | Self::OtherFormat
            | Self::DismissOverlay
            | Self::OpenMenu
            | Self::WaitForIdle
            | Self::Scroll
            | Self::AcceptDialog => Tactic::RetryWithVariation,
            Self::Keyboard | Self::FollowLink => Tactic::AlternativeTool,
            Self::HumanAnswer | Self::LeaveOut | Self::GiveUp => Tactic::Escalation,
        }
    }

    /// Whether it settles what becomes of a step instead of getting past its failure.
    #[must_use]
    pub const fn settles(self) -> bool {
        matches!(self, Self::LeaveOut | Self::GiveUp)
    }

    /// The name as it stands in JSON and SQL.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PlanFallback => "plan_fallback",
            Self::OtherLocator => "other_locator",
            Self::OtherFormat => "other_format",
            Self::DismissOverlay => "dismiss_overlay",
            Self::OpenMenu => "open_menu",
            Self::WaitForIdle => "wait_for_idle",
            Self::Scroll => "scroll",
            Self::AcceptDialog => "accept_dialog",
            Self::Keyboard => "keyboard",
            Self::FollowLink => "follow_link",
            Self::HumanAnswer => "human_answer",
            Self::LeaveOut => "leave_out",
            Self::GiveUp => "give_up",
        }
    }

    /// Reads the name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|approach| approach.as_str() == name)
    }

    /// What it comes to, without saying where.
    #[must_use]
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::PlanFallback => "go the plan's own other way",
            Self::OtherLocator => "look for the element by another locator",
            Self::OtherFormat => "write the value in the format that the page names for its field",
            Self::DismissOverlay => "close what covers the page first",
            Self::OpenMenu => "open the menu, tab or section that holds the element first",
            Self::WaitForIdle => "wait until the page is at rest, then try again",
            Self::Scroll => "scroll first, so that the page brings up what it has not yet",
            Self::AcceptDialog => "accept the dialog that is in the way first",
            Self::Keyboard => "use the keyboard instead of the pointer",
            Self::FollowLink => "go to the link's address instead of clicking it",
            Self::HumanAnswer => "ask a human, who knew what to do",
            Self::LeaveOut => "leave the step out, as a human said",
            Self::GiveUp => "give the step up, as a human did",
        }
    }
}

impl Tactic {
    /// Every tactic, cheapest first.
    pub const ALL: [Self; 4] =
        [Self::FallbackPath, Self::RetryWithVariation, Self::AlternativeTool, Self::Escalation];

    /// Reads the name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tactic| tactic.as_str() == name)
    }

    /// The approaches that belong to it.
    pub fn approaches(self) -> impl Iterator<Item = Approach> {
        Approach::ALL.into_iter().filter(move |approach| approach.tactic() == self)
    }

    /// The name as it stands in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FallbackPath => "fallback_path",
            Self::RetryWithVariation => "retry_with_variation",
            Self::AlternativeTool => "alternative_tool",
            Self::Escalation => "escalation",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back_and_stand_in_json() {
        for approach in Approach::ALL {
            assert_eq!(Approach::from_name(approach.as_str()), Some(approach));
            assert_eq!(serde_json::to_value(approach).unwrap(), approach.as_str());
            let tactic = approach.tactic();
            assert_eq!(serde_json::to_value(tactic).unwrap(), tactic.as_str());
            assert_eq!(Tactic::from_name(tactic.as_str()), Some(tactic));
            assert!(tactic.approaches().any(|other| other == approach));
        }
    }
}
