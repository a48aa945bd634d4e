//! Plain English of user interfaces. Nothing in here may know an application.

/// Words for one thing.
pub(super) struct Concept {
    pub(super) name: &'static str,
    /// Whether it is something that is done to things.
    pub(super) operation: bool,
    /// Whether doing it by mistake takes nothing away and gives nothing out of hand.
    pub(super) mild: bool,
    pub(super) words: &'static [&'static str],
}

const fn thing(name: &'static str, words: &'static [&'static str]) -> Concept {
    Concept { name, operation: false, mild: false, words }
}

const fn operation(name: &'static str, words: &'static [&'static str]) -> Concept {
    Concept { name, operation: true, mild: false, words }
}

const fn mild(name: &'static str, words: &'static [&'static str]) -> Concept {
    Concept { name, operation: true, mild: true, words }
}

pub(super) const CONCEPTS: &[Concept] = &[
    mild("login", &["login", "signin", "logon"]),
    mild("search", &["search", "find", "filter", "lookup"]),
    mild("next", &["next", "continue", "proceed"]),
    mild("previous", &["previous", "prev", "back"]),
    mild("show", &["show", "reveal"]),
    mild("hide", &["hide"]),
    mild("expand", &["expand", "unfold"]),
    mild("collapse", &["collapse", "fold"]),
    mild("close", &["close", "dismiss"]),
    mild("refresh", &["refresh", "reload"]),
    mild("preview", &["preview"]),
    mild("sort", &["sort"]),
    operation("logout", &["logout", "signout", "logoff"]),
    operation("signup", &["signup", "register"]),
    operation("add", &["add", "new", "create", "insert"]),
    operation("delete", &["delete", "remove", "erase", "destroy", "trash"]),
    operation("save", &["save", "submit", "apply", "update"]),
    operation("edit", &["edit", "change", "modify"]),
    operation("cancel", &["cancel", "discard", "abort"]),
    operation("export", &["export"]),
    operation("import", &["import"]),
    operation("upload", &["upload", "attach"]),
    operation("download", &["download"]),
    operation("archive", &["archive"]),
    operation("restore", &["restore", "unarchive"]),
    operation("publish", &["publish"]),
    operation("unpublish", &["unpublish"]),
    operation("send", &["send"]),
    operation("reply", &["reply"]),
    operation("copy", &["copy", "duplicate", "clone"]),
    operation("move", &["move"]),
    operation("rename", &["rename"]),
    operation("print", &["print"]),
    operation("share", &["share"]),
    // `Yes, I'm sure` is the button; `again` is how people call the second field for a password.
    operation("confirm", &["confirm", "confirmation", "yes", "sure", "again", "retype", "repeat"]),
    operation("approve", &["approve"]),
    operation("accept", &["accept", "agree", "allow"]),
    operation("reject", &["reject", "decline", "deny", "refuse"]),
    operation("enable", &["enable", "activate"]),
    operation("disable", &["disable", "deactivate"]),
    operation("lock", &["lock"]),
    operation("unlock", &["unlock"]),
    operation("subscribe", &["subscribe"]),
    operation("unsubscribe", &["unsubscribe"]),
    operation("follow", &["follow"]),
    operation("unfollow", &["unfollow"]),
    operation("buy", &["buy", "purchase"]),
    operation("pay", &["pay"]),
    operation("checkout", &["checkout"]),
    operation("refund", &["refund"]),
    operation("join", &["join"]),
    operation("leave", &["leave"]),
    operation("invite", &["invite"]),
    operation("block", &["block"]),
    operation("unblock", &["unblock"]),
    operation("reset", &["reset"]),
    operation("undo", &["undo", "revert"]),
    operation("redo", &["redo"]),
    operation("merge", &["merge"]),
    operation("split", &["split"]),
    operation("run", &["run", "execute"]),
    operation("start", &["start", "begin"]),
    operation("stop", &["stop", "end"]),
    operation("pause", &["pause"]),
    operation("resume", &["resume"]),
    operation("install", &["install"]),
    operation("uninstall", &["uninstall"]),
    operation("connect", &["connect"]),
    operation("disconnect", &["disconnect"]),
    operation("clear", &["clear", "empty"]),
    operation("skip", &["skip"]),
    // The word of a button for what people call looking.
    thing("view", &["view", "look", "inspect"]),
    thing("1", &["1", "first", "1st"]),
    thing("2", &["2", "second", "2nd"]),
    thing("3", &["3", "third", "3rd"]),
    thing("4", &["4", "fourth", "4th"]),
    thing("5", &["5", "fifth", "5th"]),
    thing("settings", &["settings", "preferences", "configuration", "config"]),
    thing("cart", &["cart", "basket"]),
    thing("username", &["username"]),
    thing("password", &["password", "passwd", "pwd", "passphrase"]),
    thing("email", &["email"]),
    thing("phone", &["phone", "telephone", "tel"]),
    thing("picture", &["picture", "image", "photo"]),
    thing("quantity", &["quantity", "qty"]),
    // Where something is in a tree.
    thing("child", &["child", "below", "beneath", "underneath", "nested"]),
];

/// What people may call a field, and what it may say itself where it does not say that.
pub(super) const LOOSELY: &[(&str, &[&str])] = &[
    ("name", &["username"]),
    ("address", &["email", "url", "website"]),
    ("text", &["body", "content", "message"]),
];

/// Two words that are one.
pub(super) const PHRASES: &[(&str, &str, &str)] = &[
    ("log", "in", "login"),
    ("log", "into", "login"),
    ("log", "on", "login"),
    ("logs", "in", "login"),
    ("logging", "in", "login"),
    ("sign", "in", "login"),
    ("sign", "into", "login"),
    ("sign", "on", "login"),
    ("signing", "in", "login"),
    ("log", "out", "logout"),
    ("log", "off", "logout"),
    ("logging", "out", "logout"),
    ("sign", "out", "logout"),
    ("sign", "off", "logout"),
    ("signing", "out", "logout"),
    ("sign", "up", "signup"),
    ("signing", "up", "signup"),
    ("check", "out", "checkout"),
    ("e", "mail", "email"),
    ("email", "address", "email"),
    ("mail", "address", "email"),
    ("user", "name", "username"),
    ("pass", "word", "password"),
    ("phone", "number", "phone"),
    ("telephone", "number", "phone"),
    ("turn", "on", "enable"),
    ("switch", "on", "enable"),
    ("turn", "off", "disable"),
    ("switch", "off", "disable"),
    ("fill", "in", "fill"),
    ("fill", "out", "fill"),
    ("drop", "down", "dropdown"),
    ("look", "up", "search"),
    ("un", "check", "uncheck"),
];

/// Words that say nothing by themselves.
pub(super) const STOP: &[&str] = &[
    "a", "an", "the", "of", "for", "to", "in", "on", "at", "by", "with", "and", "or", "from",
    "into", "onto", "is", "are", "be", "it", "its", "this", "that", "these", "those", "my", "our",
    "your", "his", "her", "their", "as", "if", "so", "then", "which", "please", "here", "there",
    "i", "we", "you", "she", "he", "him", "them", "via", "using", "what", "m", "can", "done",
    "else", "one", "some", "any",
];

/// What the hand does.
pub(super) const DRIVING: &[&str] = &[
    "click", "press", "tap", "hit", "push", "type", "enter", "fill", "input", "write", "open",
    "choose", "select", "pick", "go", "navigate", "visit", "put", "set", "give", "use", "get",
    "read", "extract", "wait", "tick", "untick", "check", "uncheck", "toggle", "hover", "drag",
    "scroll", "focus", "view", "see", "look", "inspect",
];

/// What kind of thing it is.
pub(super) const STRUCTURE: &[&str] = &[
    "button", "link", "field", "box", "form", "page", "tab", "menu", "list", "table", "row",
    "column", "checkbox", "dropdown", "icon", "item", "text", "textbox", "area", "screen", "site",
    "website", "panel", "section", "dialog", "window", "entry", "record", "control", "changes",
    "required", "optional", "view", "overview", "value", "number",
];

/// Words that must never stand for each other.
pub(super) const OPPOSITES: &[(&str, &str)] = &[
    ("login", "logout"),
    ("login", "signup"),
    ("import", "export"),
    ("upload", "download"),
    ("enable", "disable"),
    ("show", "hide"),
    ("expand", "collapse"),
    ("open", "close"),
    ("add", "delete"),
    ("save", "delete"),
    ("save", "cancel"),
    ("edit", "delete"),
    ("archive", "delete"),
    ("archive", "restore"),
    ("draft", "publish"),
    ("accept", "reject"),
    ("approve", "reject"),
    ("confirm", "cancel"),
    ("send", "cancel"),
    ("next", "previous"),
    ("undo", "redo"),
    ("start", "stop"),
    ("pause", "resume"),
    ("join", "leave"),
    ("up", "down"),
    ("in", "out"),
    ("on", "off"),
    ("left", "right"),
    ("top", "bottom"),
    ("first", "last"),
    ("ascending", "descending"),
    ("increase", "decrease"),
    ("minimum", "maximum"),
    ("min", "max"),
    ("from", "to"),
    ("yes", "no"),
    ("all", "none"),
    ("old", "new"),
    ("current", "new"),
    ("public", "private"),
    ("like", "dislike"),
    ("grant", "revoke"),
    ("buy", "sell"),
    ("merge", "split"),
    ("include", "exclude"),
    ("before", "after"),
    ("light", "dark"),
];
