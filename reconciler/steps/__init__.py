"""What a plan is made of. Data only; one step is one call to the engine.

Old objects are named by their ids, new ones by names that topo chooses, so no step needs an answer of
another one and a plan can be written down before it is carried out. Every step can be repeated: what is
already done counts as done.
"""

from reconciler.steps.containers import (
    ConnectNetwork,
    CopyFiles,
    CreateContainer,
    DisconnectNetwork,
    ExecInContainer,
    Pause,
    RemoveContainer,
    RenameContainer,
    SignalContainer,
    StartContainer,
    StopContainer,
    UnpauseContainer,
    UpdateContainer,
    WaitCompleted,
    WaitHealthy,
)
from reconciler.steps.services import (
    CreateService,
    RemoveService,
    UpdateService,
    WaitService,
)
from reconciler.steps.shared import (
    BuildImage,
    CreateKept,
    CreateNetwork,
    CreateVolume,
    Creation,
    DropJournal,
    PullImage,
    RemoveKept,
    RemoveNetwork,
    RemoveVolume,
    TakeOver,
    WriteJournal,
)
from reconciler.steps.step import (
    Named,
    Step,
)

__all__ = [
    "BuildImage",
    "ConnectNetwork",
    "CopyFiles",
    "CreateContainer",
    "CreateKept",
    "CreateNetwork",
    "CreateService",
    "CreateVolume",
    "Creation",
    "DisconnectNetwork",
    "DropJournal",
    "ExecInContainer",
    "Named",
    "Pause",
    "PullImage",
    "RemoveContainer",
    "RemoveKept",
    "RemoveNetwork",
    "RemoveService",
    "RemoveVolume",
    "RenameContainer",
    "SignalContainer",
    "StartContainer",
    "Step",
    "StopContainer",
    "TakeOver",
    "UnpauseContainer",
    "UpdateContainer",
    "UpdateService",
    "WaitCompleted",
    "WaitHealthy",
    "WaitService",
    "WriteJournal",
]
