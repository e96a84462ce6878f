"""The registry of readers: one module and one line each. Order is rank: the earlier is believed where two differ."""

from transforms.readers.json_ld import JsonLd
from transforms.readers.page_facts import PageFacts
from transforms.readers.repeated_blocks import RepeatedBlocks
from transforms.reading import Reader

READERS: tuple[Reader, ...] = (RepeatedBlocks(), JsonLd(), PageFacts())
