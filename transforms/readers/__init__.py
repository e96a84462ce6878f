"""The registry of readers: one module and one line each. Order is rank: the earlier is believed where two differ.

ENGINES     formats of one engine; where one fits, no other reader is asked. Those of installed packages come first
READERS     structured data and repeated elements, merged
FALLBACKS   asked in turn where those found no live blog; they stand in for the repeated elements
FACTS       what the page says of itself as a whole; asked always
"""

from transforms.added import added
from transforms.readers.bbc import Bbc
from transforms.readers.clock_led import ClockLed
from transforms.readers.embedded_state import EmbeddedState
from transforms.readers.first_update import FirstUpdate
from transforms.readers.guardian import Guardian
from transforms.readers.json_ld import JsonLd
from transforms.readers.microdata import Microdata
from transforms.readers.page_facts import PageFacts
from transforms.readers.post_list import PostList
from transforms.readers.repeated_blocks import RepeatedBlocks
from transforms.readers.sourcefabric import Sourcefabric
from transforms.readers.stamped_blocks import StampedBlocks
from transforms.readers.text_dump import TextDump
from transforms.reading import Reader

ADDED = added()

ENGINES: tuple[Reader, ...] = (*ADDED.readers, Guardian(), Sourcefabric(), Bbc())
READERS: tuple[Reader, ...] = (RepeatedBlocks(), JsonLd(), Microdata(), PostList(), TextDump())
FALLBACKS: tuple[Reader, ...] = (ClockLed(), StampedBlocks(), FirstUpdate(), EmbeddedState())
FACTS: tuple[Reader, ...] = (PageFacts(),)
