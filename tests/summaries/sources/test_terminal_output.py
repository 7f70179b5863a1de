from summaries.sources.terminal_output import CHUNK_CHARS, MAX_CHUNKS, PAUSE_MS, TAIL_CHARS, OutputCollector


def collected(lines: list[tuple[str, int]]) -> list[tuple[int, str]]:
    collector = OutputCollector()
    for line, at_ms in lines:
        collector.add(line, at_ms, None)
    collector.finish()
    return [(chunk.at_ms, chunk.text) for chunk in collector.ready]


def test_lines_become_one_text_without_blank_lines_around_it():
    assert collected([("", 1), ("a", 2), ("", 3), ("b", 4), ("", 5)]) == [(2, "a\n\nb")]


def test_nothing_but_blank_lines_is_nothing():
    assert collected([("", 1), ("", 2)]) == []


def test_a_pause_begins_a_new_text():
    assert collected([("a", 0), ("b", PAUSE_MS), ("c", 2 * PAUSE_MS + 1)]) == [(0, "a\nb"), (2 * PAUSE_MS + 1, "c")]


def test_a_blank_line_is_as_old_as_the_line_before():
    assert collected([("a", 0), ("", 9 * PAUSE_MS), ("b", 1)]) == [(0, "a\n\nb")]


def test_a_long_line_is_cut_in_the_middle():
    half = TAIL_CHARS // 3

    assert collected([("x" * 5000, 0)]) == [
        (0, "x" * half + f" [… {5000 - 2 * half} characters left out …] " + "x" * half)
    ]


def test_long_output_keeps_its_beginning_and_end_and_tells_what_is_left_out():
    chunks = collected([(f"line {number:04}", number) for number in range(100_000)])

    texts = [text for _, text in chunks]
    assert len(chunks) == MAX_CHUNKS + 1
    assert max(map(len, texts)) <= CHUNK_CHARS
    kept_first = sum(text.count("\n") + 1 for text in texts[:-1])
    told, *kept_last = texts[-1].split("\n")
    assert kept_last[-1] == "line 99999"
    assert told == f"[… {100_000 - kept_first - len(kept_last)} lines left out …]"


def test_the_end_of_long_output_is_kept_whole_when_it_is_short():
    lines = [("x" * 1500, number) for number in range(2 * MAX_CHUNKS + 1)]

    texts = [text for _, text in collected(lines)]
    assert len(texts) == MAX_CHUNKS + 1
    assert texts[-1] == "x" * 1500


def test_each_command_has_its_own_allowance():
    collector = OutputCollector()
    for _ in range(3):
        collector.begin_command()
        for number in range(MAX_CHUNKS):
            collector.add("x", number * 2 * PAUSE_MS, None)
        collector.finish()

    assert len(collector.ready) == 3 * MAX_CHUNKS
