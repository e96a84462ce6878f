import time

from transforms.flattened import MAX_VALUES, is_flattened, restored

STATE = [["Reactive", 1], {"title": 2, "posts": 3}, "Storm", [4, 4], {"html": 5, "at": 6}, "<p>Rain</p>", ["Date", "Z"]]


def test_values_are_put_back_where_they_stand():
    post = {"html": "<p>Rain</p>", "at": "Z"}
    assert restored(STATE) == {"title": "Storm", "posts": [post, post]}


def test_a_flattened_state_is_told_from_a_list_of_posts():
    assert is_flattened(STATE)
    assert not is_flattened([{"id": 900, "title": "Rain"}, {"id": 901, "title": "Snow"}])
    assert not is_flattened([[1, 2], [3, 4]])


def test_a_value_that_holds_itself_ends():
    deep: object = restored([{"self": 0}])
    for _ in range(10):
        deep = deep["self"]  # type: ignore[index]
    assert deep is not None


def test_lists_within_lists_that_would_fill_the_memory_are_cut():
    began = time.process_time()
    restored([[at + 1] * 1000 for at in range(20)] + ["x"])
    assert time.process_time() - began < 5, f"{MAX_VALUES} values at most"
