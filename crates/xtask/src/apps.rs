//! `cargo xtask apps`: real applications as fixtures, each with its own packages and database.
//!
//! An application is a folder of tests/apps: `run.py`, and `requirements.txt` with digests. Its
//! packages go to `apps/NAME/site-packages` of the data directory; `apps/NAME/run` is what `up`
//! started. End-to-end tests start their own copies, each on a fresh database.

mod running;

use crate::cli::Context;
use crate::place::Place;
use crate::say::{note, say};
use crate::setup::{self, Machine, Pip, digest_of, replace};
use anyhow::Result;
use clap::{Subcommand, ValueEnum};
use running::{Running, Start};
use std::fs;
use std::path::{Path, PathBuf};

/// A real application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum App {
    /// Django's admin, release 5.2.
    DjangoAdmin,
    /// Flask-Admin, release 2.2, over its SQL models.
    FlaskAdmin,
}

const APPS: [App; 2] = [App::DjangoAdmin, App::FlaskAdmin];

impl App {
    /// Its name, as it is typed and as its folders are called.
    const fn name(self) -> &'static str {
        match self {
            Self::DjangoAdmin => "django-admin",
            Self::FlaskAdmin => "flask-admin",
        }
    }

    /// Its folder in the data directory.
    fn folder(self, place: &Place) -> PathBuf {
        place.apps().join(self.name())
    }

    fn packages(self, place: &Place) -> PathBuf {
        self.folder(place).join("site-packages")
    }

    /// Its folder in the repository.
    fn source(self, context: &Context) -> PathBuf {
        context.workspace.root().join("tests/apps").join(self.name())
    }
}

/// What to do with applications.
#[derive(Clone, Copy, Subcommand)]
pub(crate) enum AppsCommand {
    /// Fetch what they need.
    Install,
    /// Start one in the background; prints its address and its administrator's password.
    Up {
        /// Which.
        app: App,
        /// The loopback port; a free one when left out.
        #[arg(long, default_value_t = 0)]
        port: u16,
        /// Begin with an empty database.
        #[arg(long)]
        fresh: bool,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// End one, or all.
    Down {
        /// Which.
        app: Option<App>,
    },
    /// Say which are up.
    Status {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Print the folder with an application's packages and, once it was up, its database.
    Path {
        /// Which.
        app: App,
    },
}

/// Does it.
pub(crate) fn run(context: &Context, command: AppsCommand) -> Result<()> {
    let place = &context.place;
    match command {
        AppsCommand::Install => install_all(context, &context.set_up()?),
        AppsCommand::Up { app, port, fresh, json } => {
            up(context, app, &Start { port, fresh }, json)
        }
        AppsCommand::Down { app } => {
            let chosen = app.map_or_else(|| APPS.to_vec(), |app| vec![app]);
            chosen.into_iter().try_for_each(|app| down(place, app))
        }
        AppsCommand::Status { json } => status(place, json),
        AppsCommand::Path { app } => {
            say!("{}", app.folder(place).display());
            Ok(())
        }
    }
}

fn up(context: &Context, app: App, start: &Start, json: bool) -> Result<()> {
    // Only an application: no browser, no database of ours.
    context.place.create()?;
    let python = setup::python()?;
    install(context, app, &python)?;
    let running = match Running::find(&context.place, app)? {
        Some(running) if !start.fresh => running,
        _ => {
            down(&context.place, app)?;
            running::start(context, app, &python, start)?
        }
    };
    if json {
        say!("{}", serde_json::to_string(&running)?);
    } else {
        tell(&running);
    }
    Ok(())
}

fn down(place: &Place, app: App) -> Result<()> {
    if let Some(running) = Running::find(place, app)? {
        running.end(place)?;
        note!("{} is down", app.name());
    }
    Ok(())
}

fn status(place: &Place, json: bool) -> Result<()> {
    let mut up = Vec::new();
    for app in APPS {
        up.extend(Running::find(place, app)?);
    }
    if json {
        say!("{}", serde_json::to_string(&up)?);
    } else if up.is_empty() {
        say!("no application is up; `cargo xtask apps up django-admin` starts one");
    }
    up.iter().filter(|_| !json).for_each(tell);
    Ok(())
}

fn tell(running: &Running) {
    say!(
        "{} is up at {} (user {}, password {}, database {}, process {})",
        running.app,
        running.url,
        running.user,
        running.password,
        running.database.display(),
        running.pid
    );
}

/// Brings what is missing of all of them.
pub(crate) fn install_all(context: &Context, machine: &Machine) -> Result<()> {
    APPS.into_iter().try_for_each(|app| install(context, app, &machine.python))
}

fn install(context: &Context, app: App, python: &Path) -> Result<()> {
    let requirements = app.source(context).join("requirements.txt");
    let packages = app.packages(&context.place);
    let stamp = format!("{} {}\n", digest_of(&requirements)?, setup::python_tag(python)?);
    let is_there = || fs::read_to_string(packages.join(".stamp")).is_ok_and(|found| found == stamp);
    if is_there() {
        return Ok(());
    }
    setup::require_pip(python)?;
    let _guard = setup::lock(&context.place)?;
    if is_there() {
        return Ok(());
    }
    note!("set-up: fetching the application {}", app.name());
    let ready = setup::workbench(&context.place, &format!("app-{}", app.name()))?;
    let pip = Pip { python, requirements: &requirements, target: &ready };
    pip.install_locked(&[])?;
    fs::write(ready.join(".stamp"), stamp)?;
    replace(&ready, &packages)
}
