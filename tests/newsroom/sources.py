"""The publishers of Velmark, one for each dialect: data."""

from tests.newsroom.press import Source

GAZETTE = Source(
    slug="gazette",
    name="The Sundhaven Gazette",
    dialect="gazette",
    appeal=(
        "Reporting from the quayside costs money",
        "The Gazette has no owner and no paywall. Nine reporters work through the night so that you can follow a story "
        "from the first call to the last answer.",
        "If you can, support the Gazette today from 2 marks a week. It takes less than a minute.",
    ),
    bookmark=(
        "Keep this story for later",
        "Sign in with a Gazette account to save articles and read them on the ferry home.",
    ),
    comments=("Have your say", "Readers discuss this story in the Gazette’s forum. Be kind, and stay on the subject."),
)
HERALD = Source(
    slug="herald",
    name="Greyfell Herald",
    dialect="herald",
    appeal=(
        "The Herald needs its readers",
        "Local journalism is paid for by the people who read it. A subscription is 9 marks a month.",
    ),
    bookmark=("Save for later", "Subscribers can save entries to their reading list."),
    comments=("Join the conversation", "Comments open when coverage has ended."),
)

SOURCES = {source.dialect: source for source in (GAZETTE, HERALD)}
"""One source a dialect, by the dialect's name."""
