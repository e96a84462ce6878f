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

COURIER = Source(
    slug="courier",
    name="The Courier of Orrin",
    dialect="courier",
    appeal=(
        "Before you read on",
        "Half of the Courier’s income comes from readers who chose to pay. They keep it open for those who cannot.",
    ),
    comments=("What do you think?", "Write to the editors; a selection is printed on Saturdays."),
)
BEACON = Source(
    slug="beacon",
    name="Kestrel Bay Beacon",
    dialect="beacon",
    appeal=("Become a friend of the Beacon", "Friends of the Beacon read without advertisements from 3 marks a month."),
    bookmark=("Bookmarks are for members", "Become a member to bookmark posts and to be told when a blog starts."),
    comments=("Join the forum", "The forum is open from 8am to 10pm."),
)
KURIER = Source(
    slug="kurier",
    name="Nordkooger Kurier",
    dialect="kurier",
    timezone="Europe/Berlin",
    language="de",
    appeal=("Nichts mehr verpassen", "Mit dem Abendbrief des Kuriers wissen Sie um sechs, was heute geschehen ist."),
    comments=("Ihre Meinung", "Schreiben Sie uns. Wir lesen jede Zuschrift."),
)
WIRE = Source(
    slug="wire",
    name="Velmark Wire",
    dialect="wire",
    timezone="UTC",
    appeal=("Support independent reporting", "The Wire is free. Your gift pays for the next story."),
    bookmark=("Read it later", "Save items with a free account."),
)
TRIBUNE = Source(
    slug="tribune",
    name="Tarnwick Tribune",
    dialect="tribune",
    appeal=("Get the Tribune in your inbox", "Sign up for our evening newsletter. You can leave at any time."),
    comments=("Comments", "Be the first to comment on this live blog."),
)

SOURCES = {source.dialect: source for source in (GAZETTE, HERALD, COURIER, BEACON, KURIER, WIRE, TRIBUNE)}
"""One source a dialect, by the dialect's name."""
