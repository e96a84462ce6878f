"""``liveblog completion``: what a shell needs to complete our commands and options."""

import click
from click.shell_completion import get_completion_class

SHELLS = ("bash", "fish", "zsh")


@click.command("completion")
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print the completion script for SHELL: commands, options, publishers, and blogs by the beginning of their ids or
    by a word of their titles or addresses.

    \b
    bash   eval "$(liveblog completion bash)"   in ~/.bashrc
    zsh    eval "$(liveblog completion zsh)"    in ~/.zshrc
    fish   liveblog completion fish > ~/.config/fish/completions/liveblog.fish
    """
    completion = get_completion_class(shell)
    if completion is None:
        raise click.UsageError(f"no completion for {shell}")
    click.echo(completion(ctx.find_root().command, {}, "liveblog", "_LIVEBLOG_COMPLETE").source())
