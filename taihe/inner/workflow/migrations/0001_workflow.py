import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from taihe.ground.audit.triggers import drop, install

LOG = "inner_workflow_flowlog"


def forwards(apps, editor):
    install(editor.connection, LOG)


def backwards(apps, editor):
    drop(editor.connection, LOG)


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("inner_people", "0010_signin"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ProcessDefinition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(help_text="BPMN 中流程的标识", max_length=80, verbose_name="流程键")),
                ("version", models.PositiveIntegerField(verbose_name="版本")),
                ("title", models.CharField(max_length=120, verbose_name="名称")),
                ("bpmn", models.BinaryField(verbose_name="BPMN 文件")),
                ("sha256", models.CharField(max_length=64, verbose_name="摘要")),
                ("deployed_at", models.DateTimeField(verbose_name="部署时间")),
                ("deployed_by_name", models.CharField(max_length=80, verbose_name="部署人")),
                (
                    "active",
                    models.BooleanField(
                        default=True, help_text="新办事项使用的版本；在办事项沿用各自的版本", verbose_name="启用"
                    ),
                ),
            ],
            options={
                "verbose_name": "流程定义",
                "ordering": ["key", "-version"],
                "constraints": [
                    models.UniqueConstraint(fields=("key", "version"), name="definition_version_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("active", True)), fields=("key",), name="definition_one_in_use"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProcessInstance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(help_text="SubjectKind 的键", max_length=60, verbose_name="事项类型")),
                ("subject_id", models.CharField(max_length=64, verbose_name="事项编号")),
                ("module", models.CharField(max_length=40)),
                ("module_title", models.CharField(max_length=40, verbose_name="业务")),
                ("title", models.CharField(max_length=300, verbose_name="标题")),
                ("number", models.CharField(blank=True, max_length=80, verbose_name="文号或编号")),
                (
                    "urgency",
                    models.CharField(
                        choices=[("normal", "平件"), ("urgent", "加急"), ("critical", "特急")],
                        default="normal",
                        max_length=8,
                        verbose_name="缓急",
                    ),
                ),
                ("organ_name", models.CharField(max_length=120, verbose_name="单位名称")),
                ("starter_name", models.CharField(max_length=80, verbose_name="发起人姓名")),
                ("starter_post_name", models.CharField(blank=True, max_length=120, verbose_name="发起岗位名称")),
                ("context", models.JSONField(default=dict, help_text="分支条件只看得到这些", verbose_name="路由数据")),
                ("state", models.BinaryField(default=bytes, verbose_name="引擎状态")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("running", "办理中"),
                            ("suspended", "已暂停"),
                            ("finished", "已办结"),
                            ("cancelled", "已撤销"),
                        ],
                        default="running",
                        max_length=9,
                        verbose_name="状态",
                    ),
                ),
                ("end", models.CharField(blank=True, max_length=80, verbose_name="结束节点")),
                ("opened_at", models.DateTimeField(verbose_name="发起时间")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="结束时间")),
                ("suspended_at", models.DateTimeField(blank=True, null=True, verbose_name="暂停时间")),
                ("suspended_reason", models.CharField(blank=True, max_length=200, verbose_name="暂停原因")),
                (
                    "pauses",
                    models.JSONField(
                        default=list, help_text="已恢复的暂停：[首日, 末日]，不计入办理时限", verbose_name="暂停区间"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                (
                    "definition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="instances",
                        to="inner_workflow.processdefinition",
                    ),
                ),
                (
                    "organ",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="inner_people.organ",
                        verbose_name="单位",
                    ),
                ),
                (
                    "starter",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="发起人",
                    ),
                ),
                (
                    "starter_post",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="inner_people.post",
                        verbose_name="发起岗位",
                    ),
                ),
            ],
            options={
                "verbose_name": "流程实例",
            },
        ),
        migrations.CreateModel(
            name="WorkItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("task_id", models.CharField(blank=True, help_text="引擎中的任务；传阅没有", max_length=64)),
                ("node", models.CharField(blank=True, max_length=80)),
                ("node_title", models.CharField(max_length=80, verbose_name="环节")),
                ("round", models.PositiveSmallIntegerField(default=1, verbose_name="轮次")),
                (
                    "kind",
                    models.CharField(
                        choices=[("do", "办理"), ("cc", "传阅")], default="do", max_length=2, verbose_name="性质"
                    ),
                ),
                ("post_name", models.CharField(max_length=120, verbose_name="岗位名称")),
                ("post_organ_name", models.CharField(max_length=120, verbose_name="岗位所在单位")),
                ("officer_name", models.CharField(blank=True, max_length=80, verbose_name="人员姓名")),
                ("claimed_at", models.DateTimeField(blank=True, null=True, verbose_name="签领时间")),
                ("order", models.PositiveSmallIntegerField(default=0, help_text="依次会签的顺序", verbose_name="次序")),
                (
                    "origin",
                    models.CharField(
                        choices=[
                            ("flow", "流转"),
                            ("returned", "退回"),
                            ("rework", "退回修改"),
                            ("resumed", "改后送回"),
                            ("before", "前加签"),
                            ("after", "后加签"),
                            ("with", "并加签"),
                            ("transferred", "转办"),
                            ("withdrawn", "撤回"),
                            ("circulated", "传阅"),
                        ],
                        default="flow",
                        max_length=12,
                        verbose_name="来源",
                    ),
                ),
                ("mandatory", models.BooleanField(default=False, verbose_name="必阅")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "待办"),
                            ("waiting", "等待前一人"),
                            ("done", "已办"),
                            ("returned", "已退回"),
                            ("transferred", "已转办"),
                            ("withdrawn", "已撤回"),
                            ("void", "已作废"),
                        ],
                        default="open",
                        max_length=12,
                        verbose_name="状态",
                    ),
                ),
                ("precedence", models.BigIntegerField(blank=True, editable=False, null=True)),
                ("paused", models.BooleanField(default=False, verbose_name="已暂停")),
                ("outcome", models.CharField(blank=True, max_length=40, verbose_name="结论")),
                ("outcome_title", models.CharField(blank=True, max_length=40, verbose_name="结论名称")),
                ("opinion", models.TextField(blank=True, verbose_name="意见")),
                ("data", models.JSONField(blank=True, default=dict, verbose_name="表单内容")),
                (
                    "done_by_name",
                    models.CharField(blank=True, help_text="代理时为“乙代甲”", max_length=80, verbose_name="办理人"),
                ),
                (
                    "recorded",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "本人办理"),
                            ("pending", "代录待确认"),
                            ("confirmed", "代录已确认"),
                            ("disputed", "代录有异议"),
                        ],
                        default="",
                        max_length=9,
                        verbose_name="代录",
                    ),
                ),
                ("recorded_by_name", models.CharField(blank=True, max_length=80, verbose_name="代录人")),
                (
                    "recorded_photo",
                    models.CharField(blank=True, help_text="附件编号", max_length=32, verbose_name="代录凭证"),
                ),
                ("confirmed_at", models.DateTimeField(blank=True, null=True, verbose_name="确认时间")),
                ("confirm_note", models.CharField(blank=True, max_length=500, verbose_name="确认说明")),
                ("sender_name", models.CharField(blank=True, max_length=80, verbose_name="发送人")),
                ("opened_at", models.DateTimeField(verbose_name="到达时间")),
                ("read_at", models.DateTimeField(blank=True, null=True, verbose_name="首次阅读")),
                ("read_by_name", models.CharField(blank=True, max_length=80, verbose_name="阅读人")),
                ("limit_days", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="时限（工作日）")),
                ("due_at", models.DateTimeField(blank=True, null=True, verbose_name="办理期限")),
                ("due_pending", models.BooleanField(default=False, verbose_name="期限待日历公布")),
                ("done_at", models.DateTimeField(blank=True, null=True, verbose_name="办理时间")),
                ("urged", models.PositiveSmallIntegerField(default=0, verbose_name="催办次数")),
                ("urged_at", models.DateTimeField(blank=True, null=True, verbose_name="最近催办")),
                ("title", models.CharField(max_length=300, verbose_name="标题")),
                ("number", models.CharField(blank=True, max_length=80, verbose_name="文号或编号")),
                (
                    "urgency",
                    models.CharField(
                        choices=[("normal", "平件"), ("urgent", "加急"), ("critical", "特急")],
                        default="normal",
                        max_length=8,
                        verbose_name="缓急",
                    ),
                ),
                ("module", models.CharField(max_length=40)),
                ("module_title", models.CharField(max_length=40, verbose_name="业务")),
                ("organ_name", models.CharField(max_length=120, verbose_name="来文单位")),
                ("url", models.CharField(blank=True, max_length=200)),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                (
                    "done_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "instance",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items",
                        to="inner_workflow.processinstance",
                    ),
                ),
                (
                    "officer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="人员",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="inner_workflow.workitem",
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="inner_people.post",
                        verbose_name="岗位",
                    ),
                ),
                (
                    "principal",
                    models.ForeignKey(
                        blank=True,
                        help_text="代理或代录时的被代理人",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "sender",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "sender_post",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="inner_people.post",
                    ),
                ),
            ],
            options={
                "verbose_name": "工作项",
            },
        ),
        migrations.CreateModel(
            name="FlowLog",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="时间")),
                (
                    "verb",
                    models.CharField(
                        choices=[
                            ("start", "发起"),
                            ("open", "送达"),
                            ("complete", "办理"),
                            ("claim", "签领"),
                            ("release", "退签领"),
                            ("add", "加签"),
                            ("drop", "减签"),
                            ("transfer", "转办"),
                            ("reassign", "改派"),
                            ("send_back", "退回"),
                            ("withdraw", "撤回"),
                            ("urge", "催办"),
                            ("circulate", "传阅"),
                            ("read", "阅读"),
                            ("suspend", "暂停"),
                            ("resume", "恢复"),
                            ("cancel", "撤销"),
                            ("record", "代录"),
                            ("confirm", "确认代录"),
                            ("dispute", "代录异议"),
                            ("move", "移交"),
                            ("finish", "办结"),
                        ],
                        max_length=12,
                        verbose_name="动作",
                    ),
                ),
                ("node", models.CharField(blank=True, max_length=80)),
                ("node_title", models.CharField(blank=True, max_length=80, verbose_name="环节")),
                ("person_id", models.CharField(max_length=64)),
                ("person_name", models.CharField(help_text="代理时为“乙代甲”", max_length=80, verbose_name="人员")),
                ("post_name", models.CharField(blank=True, max_length=120, verbose_name="岗位")),
                ("organ_name", models.CharField(blank=True, max_length=120, verbose_name="单位")),
                ("text", models.TextField(blank=True, verbose_name="内容")),
                ("data", models.JSONField(blank=True, default=dict)),
                (
                    "instance",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="log",
                        to="inner_workflow.processinstance",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="log",
                        to="inner_workflow.workitem",
                    ),
                ),
            ],
            options={
                "verbose_name": "流转记录",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="CommonPhrase",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.CharField(max_length=200, verbose_name="常用语")),
                ("order", models.PositiveSmallIntegerField(default=0, verbose_name="次序")),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "常用语",
                "ordering": ["order", "pk"],
                "constraints": [models.UniqueConstraint(fields=("officer", "text"), name="phrase_once")],
            },
        ),
        migrations.AddIndex(
            model_name="processinstance",
            index=models.Index(fields=["starter", "-opened_at"], name="instance_started"),
        ),
        migrations.AddIndex(
            model_name="processinstance",
            index=models.Index(fields=["kind", "subject_id"], name="instance_of_subject"),
        ),
        migrations.AddConstraint(
            model_name="processinstance",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status__in", ["running", "suspended"])),
                fields=("kind", "subject_id"),
                name="instance_one_running_per_subject",
            ),
        ),
        migrations.AddConstraint(
            model_name="processinstance",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at__isnull", True), ("status__in", ["running", "suspended"])),
                    models.Q(("closed_at__isnull", False), ("status__in", ["finished", "cancelled"])),
                    _connector="OR",
                ),
                name="instance_closed_has_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="processinstance",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "suspended"), ("suspended_at__isnull", False)),
                    models.Q(models.Q(("status", "suspended"), _negated=True), ("suspended_at__isnull", True)),
                    _connector="OR",
                ),
                name="instance_suspended_has_time",
            ),
        ),
        migrations.AddIndex(
            model_name="workitem",
            index=models.Index(
                condition=models.Q(("precedence__isnull", False)),
                fields=["post", "kind", "precedence", "id", "officer"],
                name="item_todo",
            ),
        ),
        migrations.AddIndex(
            model_name="workitem",
            index=models.Index(fields=["done_by", "kind", "-done_at"], name="item_done"),
        ),
        migrations.AddIndex(
            model_name="workitem",
            index=models.Index(
                condition=models.Q(("principal__isnull", False)),
                fields=["principal", "-done_at"],
                name="item_delegated",
            ),
        ),
        migrations.AddIndex(
            model_name="workitem",
            index=models.Index(
                condition=models.Q(("recorded_by__isnull", False)), fields=["done_by", "recorded"], name="item_recorded"
            ),
        ),
        migrations.AddIndex(
            model_name="workitem",
            index=models.Index(condition=models.Q(("precedence__isnull", False)), fields=["due_at"], name="item_due"),
        ),
        migrations.AddConstraint(
            model_name="workitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("precedence__isnull", False), ("status", "open")),
                    models.Q(models.Q(("status", "open"), _negated=True), ("precedence__isnull", True)),
                    _connector="OR",
                ),
                name="item_open_has_place",
            ),
        ),
        migrations.AddConstraint(
            model_name="workitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "done"), _negated=True), ("done_at__isnull", False), _connector="OR"
                ),
                name="item_done_has_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="workitem",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "do"), ("status__in", ["open", "waiting"])),
                fields=("instance", "node", "round", "post", "officer"),
                name="item_once_per_signer",
            ),
        ),
        migrations.AddConstraint(
            model_name="workitem",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "do"), ("officer__isnull", True), ("status__in", ["open", "waiting"])),
                fields=("instance", "node", "round", "post"),
                name="item_once_per_post",
            ),
        ),
        migrations.AddIndex(
            model_name="flowlog",
            index=models.Index(fields=["instance", "id"], name="flowlog_of"),
        ),
        migrations.RunPython(forwards, backwards, elidable=False),
    ]
