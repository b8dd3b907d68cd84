"""How far an image has come, by what the engine says of its layers."""

from __future__ import annotations

from typing import Any

from reconciler.engines.pulling import Layers, built


def test_the_sizes_of_layers_add_up_as_they_become_known() -> None:
    layers = Layers()
    said: list[dict[str, Any]] = [
        {"status": "Pulling from library/nginx", "id": "1.27"},
        {"status": "Already exists", "id": "a", "progressDetail": {}},
        {"status": "Pulling fs layer", "id": "b", "progressDetail": {}},
        {"status": "Downloading", "id": "b", "progressDetail": {"current": 500_000, "total": 2_000_000}},
        {"status": "Download complete", "id": "b", "progressDetail": {}},
        {"status": "Extracting", "id": "b", "progressDetail": {"current": 1, "total": 9}},
        {"status": "Pull complete", "id": "b", "progressDetail": {}},
        {"status": "Digest: sha256:1"},
    ]
    assert [layers.told(line) for line in said] == [
        "",
        "1 of 1 layers",
        "1 of 2 layers",
        "0.5 of 2.0 MB, 1 of 2 layers",
        "2.0 of 2.0 MB, 1 of 2 layers",
        "2.0 of 2.0 MB, 1 of 2 layers",
        "2.0 of 2.0 MB, 2 of 2 layers",
        "",
    ]


def test_a_build_is_told_by_its_steps() -> None:
    assert built({"stream": "Step 3/7 : RUN pip install flask\n"}) == "3/7 RUN pip install flask"
    assert built({"stream": "Collecting flask\n"}) == ""
    assert built({"aux": {"ID": "sha256:1"}}) == ""
