//! Typed ids: a run's id does not fit where a task's belongs.

/// Declares an id type over a UUIDv7.
macro_rules! typed_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash,
            serde::Serialize, serde::Deserialize, utoipa::ToSchema,
        )]
        #[serde(transparent)]
        #[schema(value_type = String, format = Uuid)]
        pub struct $name(uuid::Uuid);

        impl $name {
            /// Mints a new id.
            pub fn new(clock: &dyn crate::clock::Clock) -> Self {
                Self(clock.new_id())
            }

            /// Takes an id that came from outside: the database or a client.
            #[must_use]
            pub const fn from_uuid(id: uuid::Uuid) -> Self {
                Self(id)
            }

            /// The bare id, for binding to a query.
            #[must_use]
            pub const fn as_uuid(self) -> uuid::Uuid {
                self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    };
}

typed_id!(
    /// A tenant.
    ProjectId
);
typed_id!(
    /// An API key.
    KeyId
);
typed_id!(
    /// What a client asked for.
    TaskId
);
typed_id!(
    /// One attempt at a task.
    RunId
);
typed_id!(
    /// A screenshot, snapshot or download.
    ArtifactId
);
typed_id!(
    /// The fencing token of one lease: every write of a run names it.
    LeaseToken
);
typed_id!(
    /// A distinct failing situation; made from its content, so that a rebuilt memory has the same.
    SituationId
);
typed_id!(
    /// A remedy of a situation; made from its content as well.
    RemedyId
);
typed_id!(
    /// One question to memory.
    RecallId
);
typed_id!(
    /// A question to a human.
    EscalationId
);
typed_id!(
    /// What one sweep of a project's retention removed.
    RetentionReportId
);
