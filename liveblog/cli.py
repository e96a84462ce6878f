"""The ``liveblog`` command: gathers the commands, and turns errors into one line and an exit status.

Exit status: 0 success; 1 something was tried and failed; 2 bad usage or bad input; 130 stopped by Ctrl-C.
Data goes to standard output, talk to standard error.
"""

import atexit
import importlib
import os
import sys
import traceback
from contextlib import suppress
from typing import NoReturn

import click

from lake.errors import AddressUnknown, LakeError, QueryFailed, SnapshotMissing
from liveblog import __version__
from liveblog.errors import LiveblogError

COMMANDS = {
    "extract": "Read pages, text dumps or addresses: their updates, as text or JSON. Needs no lake.",
    "freeze": "Save a page and what is read from it as a test case.",
    "record": "Look at live blogs, work out what changed, and commit a snapshot.",
    "discover": "Search what publishers announce for live blogs, and watch them.",
    "watch": "The watch list: add, remove, list, and why.",
    "pause": "Look at a blog, a source or a domain no more for now, at once.",
    "resume": "Look again at what was paused.",
    "sources": "The publishers: list them, or try one out.",
    "sql": "Ask the lake in DuckDB's SQL; without a query, a shell.",
    "log": "What happened to a blog, newest first.",
    "show": "A blog as readers saw it, now or at an earlier moment.",
    "diff": "How an update was changed, word by word.",
    "headlines": "The headlines that repeat most, across blogs and sources.",
    "why": "Where a row comes from: its look, WARC records and run.",
    "raw": "Any response back, as the archive holds it.",
    "snapshots": "List the lake's snapshots; pin, unpin and cite them.",
    "incidents": "What is amiss with recording; silence it for a while.",
    "verify": "Check every object against the snapshots.",
    "replay": "Rebuild the tables from the raw archive.",
    "import": "Take in WARC files of others.",
    "compact": "Fold what came in, and close the days that are over.",
    "vacuum": "Remove what no kept snapshot names.",
    "migrate": "Begin today's format in a lake of an older release.",
    "redact": "Take words down, in every layer and every snapshot.",
    "doctor": "Check that everything needed is there; say what to do where it is not.",
    "completion": "Print the shell completion for bash, zsh or fish.",
}

MODULES = {"import": "import_"}
"""Modules that cannot be called as their command is."""


class Commands(click.Group):
    """Loads a command's module when it is asked for, so that ``--help`` and completion stay quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, in the order of the way of the data."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, or None."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"liveblog.commands.{MODULES.get(cmd_name, cmd_name)}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without loading them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Begin with: liveblog extract PAGE.html   or   liveblog record --once https://…   then   liveblog sql",
)
@click.version_option(__version__, "-V", "--version", prog_name="liveblog")
def cli() -> None:
    """As It Happened: a flight recorder for live blogs.

    It looks at live blogs, keeps every update as a row, every edit as a revision and every disappearance with its
    evidence, in Parquet files that DuckDB reads. LIVEBLOG_LAKE (or --lake) says where: a folder, or s3://bucket/prefix.
    """


def main() -> NoReturn:
    """Entry point of the console script.

    What is registered for the end is run, then the process ends at once: Arrow's threads may still let go of Python's
    memory, and abort a process whose interpreter is being taken down (github.com/apache/arrow/issues/34314, 45017).
    """
    try:
        status = run(sys.argv[1:])
    except SystemExit as done:  # click's completion ends so, while a thread may still wait for the lake
        status = done.code if isinstance(done.code, int) else 1
    atexit._run_exitfuncs()
    with suppress(OSError):
        sys.stdout.flush()
    os._exit(status)


def run(arguments: list[str]) -> int:
    """Run the command line; its exit status. No traceback reaches the user."""
    try:
        status = cli.main(arguments, prog_name="liveblog", standalone_mode=False, color=colour())
        sys.stdout.flush()
        return status if isinstance(status, int) else 0
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)  # `liveblog sources`: its commands, as they stand in --help
        return error.exit_code
    except click.ClickException as error:
        return fail(usage_line(error), error.exit_code)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("liveblog: stopped", err=True)
        return 130
    except BrokenPipeError:
        # The reader of our output has gone (`| head`); Python would complain once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except LiveblogError as error:
        return fail(str(error), error.exit_status)
    except (AddressUnknown, QueryFailed, SnapshotMissing) as error:
        return fail(str(error), 2)
    except LakeError as error:
        return fail(str(error), 1)
    except OSError as error:
        return fail(": ".join(str(part) for part in (error.filename, error.strerror or error) if part), 1)
    except Exception as error:  # noqa: BLE001 - the last stop: a person gets a line, whoever debugs the traceback
        return fail(f"unexpected {type(error).__name__}: {error} ({how_to_see_more()})", 1)


def colour() -> bool | None:
    """What click is told about colours: none where NO_COLOR is set (no-color.org), else by what it writes to."""
    return False if os.environ.get("NO_COLOR") else None


def how_to_see_more() -> str:
    """How to get the traceback of the error at hand; with LIVEBLOG_DEBUG set, it is written at once."""
    if os.environ.get("LIVEBLOG_DEBUG"):
        traceback.print_exc()
        return "a defect: report it with the traceback above"
    return "a defect: run it again with LIVEBLOG_DEBUG=1 and report what it says"


def usage_line(error: click.ClickException) -> str:
    """What was wrong with the command line, and where its help is, in one line."""
    context = getattr(error, "ctx", None)
    where = context.command_path if context is not None else "liveblog"
    return f"{error.format_message().rstrip('.')}: see {where} --help"


def fail(message: str, status: int) -> int:
    """Say one line on standard error, and give the exit status back."""
    line = " ".join(message.split())
    click.echo(f"{click.style('liveblog:', fg='red', bold=True)} {line}", err=True, color=colour())
    return status
