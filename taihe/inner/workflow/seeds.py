"""The county's flows, put in use when an installation is made or the files have changed."""

from __future__ import annotations

import hashlib
from pathlib import Path

from taihe.ground.actor import Actor
from taihe.ground.errors import BadSetup

from .actions.starting import deploy
from .engine import FlowRefused
from .models import ProcessDefinition


def load_flows(folder: Path) -> int:
    """Deploy each ``*.bpmn`` of the folder that differs from the version in use; returns how many were new.

    Raises BadSetup with the file and the elements at fault; flows before it in the folder stay deployed.
    """
    used = set(ProcessDefinition.objects.filter(active=True).values_list("sha256", flat=True))
    new = 0
    for file in sorted(folder.glob("*.bpmn")):
        bpmn = file.read_bytes()
        if hashlib.sha256(bpmn).hexdigest() in used:
            continue
        try:
            deploy(Actor.system("安装"), bpmn, file_name=file.name)
        except FlowRefused as refused:
            faults = "；".join(f"第{one.line}行 {one.element}：{one.sentence}" for one in refused.faults)
            raise BadSetup(
                what=f"流程文件 {file.name} 不能使用：{faults}", fix="请改正所列元素后重新运行。"
            ) from refused
        new += 1
    return new
