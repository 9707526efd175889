"""Organs, posts, officers, appointments, roles, stand-ins, administrators."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import taihe.ground.vault.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="Role",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.SlugField(max_length=40, unique=True, verbose_name="键")),
                ("title", models.CharField(max_length=60, verbose_name="名称")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                (
                    "permissions",
                    models.JSONField(default=list, help_text="权限键的列表，键须已登记", verbose_name="权限"),
                ),
            ],
            options={
                "verbose_name": "角色",
                "ordering": ["key"],
            },
        ),
        migrations.CreateModel(
            name="Officer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                (
                    "vault_id",
                    models.UUIDField(
                        default=uuid.uuid4,
                        editable=False,
                        help_text="加密内容与本行的绑定，不得改动",
                        unique=True,
                        verbose_name="保险库行号",
                    ),
                ),
                ("sign_in_name", models.CharField(max_length=40, unique=True, verbose_name="登录名")),
                ("name", models.CharField(max_length=80, verbose_name="姓名")),
                (
                    "pinyin",
                    models.CharField(
                        blank=True, db_index=True, help_text="查找用，由姓名生成", max_length=160, verbose_name="全拼"
                    ),
                ),
                (
                    "initials",
                    models.CharField(
                        blank=True, db_index=True, help_text="查找用，由姓名生成", max_length=40, verbose_name="首字母"
                    ),
                ),
                (
                    "phone",
                    taihe.ground.vault.fields.VaultField(blank=True, default="", kind="phone", verbose_name="手机号"),
                ),
                (
                    "phone_index",
                    taihe.ground.vault.fields.BlindIndex(
                        "phone", blank=True, db_index=True, default="", editable=False, max_length=40
                    ),
                ),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="电子邮箱")),
                (
                    "status",
                    models.CharField(
                        choices=[("active", "在用"), ("locked", "已停用"), ("left", "已离岗")],
                        default="active",
                        max_length=8,
                        verbose_name="账号状态",
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True, help_text="随账号状态，由数据库约束保证一致", verbose_name="可以登录"
                    ),
                ),
                ("left_on", models.DateField(blank=True, null=True, verbose_name="离岗日期")),
                ("locked_reason", models.CharField(blank=True, max_length=200, verbose_name="停用原因")),
                ("must_change_password", models.BooleanField(default=False, verbose_name="登录后须改密码")),
                ("password_set_at", models.DateTimeField(blank=True, null=True, verbose_name="密码设定时间")),
                (
                    "password_expires_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="仅一次性密码有；本人改密后清空",
                        null=True,
                        verbose_name="临时密码失效时间",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="备注")),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "verbose_name": "人员",
            },
        ),
        migrations.CreateModel(
            name="AdminDuty",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("requested_by", models.CharField(max_length=64, verbose_name="申请人编号")),
                ("requested_by_name", models.CharField(max_length=80, verbose_name="申请人")),
                ("requested_at", models.DateTimeField(verbose_name="申请时间")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="申请理由")),
                ("approved_by", models.CharField(blank=True, max_length=64, verbose_name="审批人编号")),
                ("approved_by_name", models.CharField(blank=True, max_length=80, verbose_name="审批人")),
                ("approved_at", models.DateTimeField(blank=True, null=True, verbose_name="审批时间")),
                ("decision_note", models.CharField(blank=True, max_length=200, verbose_name="审批意见")),
                (
                    "duty",
                    models.CharField(
                        choices=[("system", "系统管理员"), ("security", "安全管理员"), ("audit", "审计管理员")],
                        max_length=8,
                        verbose_name="管理员职责",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("requested", "待审批"),
                            ("open", "在任"),
                            ("closed", "已卸任"),
                            ("refused", "未批准"),
                        ],
                        default="requested",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("opened_at", models.DateTimeField(blank=True, null=True, verbose_name="就任时间")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="卸任时间")),
                ("closed_by_name", models.CharField(blank=True, max_length=80, verbose_name="卸任办理人")),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="admin_duties",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="人员",
                    ),
                ),
            ],
            options={
                "verbose_name": "管理员任职",
            },
        ),
        migrations.CreateModel(
            name="Organ",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField(help_text="自该日起生效，含当日", verbose_name="起始日期")),
                (
                    "valid_to",
                    models.DateField(
                        blank=True, help_text="至该日仍有效，次日失效；空为至今", null=True, verbose_name="截止日期"
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        help_text="本系统的稳定代码，设立后不再改动",
                        max_length=40,
                        unique=True,
                        verbose_name="机构代码",
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="全称")),
                (
                    "short_name",
                    models.CharField(help_text="通讯录、选人和列表中显示", max_length=40, verbose_name="简称"),
                ),
                (
                    "pinyin",
                    models.CharField(blank=True, help_text="查找用：全拼与首字母", max_length=200, verbose_name="拼音"),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("superior", "上级机关"),
                            ("party_committee", "党委"),
                            ("party_dept", "党委部门"),
                            ("congress", "人大常委会"),
                            ("government", "政府"),
                            ("gov_dept", "政府部门"),
                            ("cppcc", "政协"),
                            ("discipline", "纪委监委"),
                            ("court", "法院"),
                            ("procuratorate", "检察院"),
                            ("military", "人武部"),
                            ("mass_org", "群团组织"),
                            ("township", "乡镇"),
                            ("dev_zone", "开发区"),
                            ("station", "站所"),
                            ("dispatched", "派出机构"),
                            ("vertical", "垂直管理单位"),
                            ("leading_group", "领导小组"),
                            ("leading_group_office", "领导小组办公室"),
                            ("village", "村"),
                            ("community", "社区"),
                            ("institution", "事业单位"),
                            ("internal_office", "内设机构"),
                        ],
                        max_length=20,
                        verbose_name="类别",
                    ),
                ),
                (
                    "system",
                    models.CharField(
                        choices=[
                            ("party", "党委系统"),
                            ("congress", "人大系统"),
                            ("government", "政府系统"),
                            ("cppcc", "政协系统"),
                            ("discipline", "纪检监察系统"),
                            ("court", "法院系统"),
                            ("procuratorate", "检察院系统"),
                            ("military", "人民武装"),
                            ("mass", "群团组织"),
                            ("township", "乡镇"),
                            ("village", "村（社区）"),
                            ("enterprise", "企业"),
                        ],
                        max_length=16,
                        verbose_name="系统",
                    ),
                ),
                ("order", models.PositiveIntegerField(default=0, verbose_name="排序")),
                (
                    "path",
                    models.CharField(
                        help_text="自顶层起各级代码，各以“/”结尾；随上级调整由系统改写",
                        max_length=400,
                        unique=True,
                        verbose_name="层级路径",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("active", "在册"), ("merged", "已并入"), ("abolished", "已撤销")],
                        default="active",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("credit_code", models.CharField(blank=True, max_length=18, verbose_name="统一社会信用代码")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="备注")),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                (
                    "guide_parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="guided",
                        to="inner_people.organ",
                        verbose_name="业务指导单位",
                    ),
                ),
                (
                    "host",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="hosted",
                        to="inner_people.organ",
                        verbose_name="设置单位",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="inner_people.organ",
                        verbose_name="上级机构",
                    ),
                ),
                (
                    "successor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="predecessors",
                        to="inner_people.organ",
                        verbose_name="承接机构",
                    ),
                ),
            ],
            options={
                "verbose_name": "机构",
                "ordering": ["order", "code"],
            },
        ),
        migrations.CreateModel(
            name="OrganEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("established", "设立"),
                            ("renamed", "更名"),
                            ("moved", "调整隶属"),
                            ("merged", "并入"),
                            ("abolished", "撤销"),
                        ],
                        max_length=12,
                        verbose_name="事项",
                    ),
                ),
                ("on", models.DateField(verbose_name="生效日期")),
                ("before_name", models.CharField(blank=True, max_length=120, verbose_name="原名称")),
                ("after_name", models.CharField(blank=True, max_length=120, verbose_name="现名称")),
                ("before_parent", models.CharField(blank=True, max_length=120, verbose_name="原上级")),
                ("after_parent", models.CharField(blank=True, max_length=120, verbose_name="现上级")),
                (
                    "basis",
                    models.CharField(blank=True, help_text="批准文件的名称和文号", max_length=200, verbose_name="依据"),
                ),
                ("recorded_at", models.DateTimeField(verbose_name="登记时间")),
                ("recorded_by_name", models.CharField(max_length=80, verbose_name="登记人")),
                (
                    "into",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="received_events",
                        to="inner_people.organ",
                    ),
                ),
                (
                    "organ",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="events", to="inner_people.organ"
                    ),
                ),
            ],
            options={
                "verbose_name": "机构沿革",
                "ordering": ["on", "id"],
            },
        ),
        migrations.CreateModel(
            name="PasswordReset",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("requested_by", models.CharField(max_length=64, verbose_name="申请人编号")),
                ("requested_by_name", models.CharField(max_length=80, verbose_name="申请人")),
                ("requested_at", models.DateTimeField(verbose_name="申请时间")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="申请理由")),
                ("approved_by", models.CharField(blank=True, max_length=64, verbose_name="审批人编号")),
                ("approved_by_name", models.CharField(blank=True, max_length=80, verbose_name="审批人")),
                ("approved_at", models.DateTimeField(blank=True, null=True, verbose_name="审批时间")),
                ("decision_note", models.CharField(blank=True, max_length=200, verbose_name="审批意见")),
                (
                    "status",
                    models.CharField(
                        choices=[("requested", "待审批"), ("done", "已重置"), ("refused", "未批准")],
                        default="requested",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="password_resets",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="人员",
                    ),
                ),
            ],
            options={
                "verbose_name": "密码重置",
            },
        ),
        migrations.CreateModel(
            name="Post",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField(help_text="自该日起生效，含当日", verbose_name="起始日期")),
                (
                    "valid_to",
                    models.DateField(
                        blank=True, help_text="至该日仍有效，次日失效；空为至今", null=True, verbose_name="截止日期"
                    ),
                ),
                ("title", models.CharField(max_length=60, verbose_name="岗位名称")),
                (
                    "rank",
                    models.CharField(
                        choices=[
                            ("county_lead", "县领导"),
                            ("dept_lead", "部门、乡镇主要负责人"),
                            ("deputy", "部门、乡镇分管负责人"),
                            ("section_head", "股室、站所负责人"),
                            ("clerk", "工作人员"),
                            ("village", "村（社区）干部"),
                        ],
                        default="clerk",
                        max_length=16,
                        verbose_name="层级",
                    ),
                ),
                ("order", models.PositiveSmallIntegerField(default=0, verbose_name="排序")),
                (
                    "duties",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="如 signer、document_clerk：用于找到承办的岗位，本身不带来任何权限",
                        verbose_name="职责",
                    ),
                ),
                ("max_holders", models.PositiveSmallIntegerField(default=1, verbose_name="任职人数上限")),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                (
                    "organ",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="posts",
                        to="inner_people.organ",
                        verbose_name="机构",
                    ),
                ),
            ],
            options={
                "verbose_name": "岗位",
                "ordering": ["organ", "order", "id"],
            },
        ),
        migrations.CreateModel(
            name="Appointment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField(help_text="自该日起生效，含当日", verbose_name="起始日期")),
                (
                    "valid_to",
                    models.DateField(
                        blank=True, help_text="至该日仍有效，次日失效；空为至今", null=True, verbose_name="截止日期"
                    ),
                ),
                (
                    "is_main",
                    models.BooleanField(
                        default=False, help_text="一人同时只有一个主岗，其余为兼任", verbose_name="主岗"
                    ),
                ),
                ("basis", models.CharField(blank=True, max_length=200, verbose_name="任免依据")),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appointments",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="人员",
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appointments",
                        to="inner_people.post",
                        verbose_name="岗位",
                    ),
                ),
            ],
            options={
                "verbose_name": "任职",
            },
        ),
        migrations.CreateModel(
            name="RoleGrant",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("requested_by", models.CharField(max_length=64, verbose_name="申请人编号")),
                ("requested_by_name", models.CharField(max_length=80, verbose_name="申请人")),
                ("requested_at", models.DateTimeField(verbose_name="申请时间")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="申请理由")),
                ("approved_by", models.CharField(blank=True, max_length=64, verbose_name="审批人编号")),
                ("approved_by_name", models.CharField(blank=True, max_length=80, verbose_name="审批人")),
                ("approved_at", models.DateTimeField(blank=True, null=True, verbose_name="审批时间")),
                ("decision_note", models.CharField(blank=True, max_length=200, verbose_name="审批意见")),
                ("valid_from", models.DateField(help_text="自该日起生效，含当日", verbose_name="起始日期")),
                (
                    "valid_to",
                    models.DateField(
                        blank=True, help_text="至该日仍有效，次日失效；空为至今", null=True, verbose_name="截止日期"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("requested", "待审批"),
                            ("active", "有效"),
                            ("refused", "未批准"),
                            ("revoked", "已收回"),
                        ],
                        default="requested",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("revoked_by_name", models.CharField(blank=True, max_length=80, verbose_name="收回人")),
                ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="收回时间")),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                (
                    "appointment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="grants",
                        to="inner_people.appointment",
                        verbose_name="任职",
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="grants",
                        to="inner_people.post",
                        verbose_name="岗位",
                    ),
                ),
                (
                    "role",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="grants",
                        to="inner_people.role",
                        verbose_name="角色",
                    ),
                ),
                (
                    "scope",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="grants_over",
                        to="inner_people.organ",
                        verbose_name="管理范围",
                    ),
                ),
            ],
            options={
                "verbose_name": "授权",
            },
        ),
        migrations.CreateModel(
            name="StandIn",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField(help_text="自该日起生效，含当日", verbose_name="起始日期")),
                (
                    "valid_to",
                    models.DateField(
                        blank=True, help_text="至该日仍有效，次日失效；空为至今", null=True, verbose_name="截止日期"
                    ),
                ),
                ("covers_all", models.BooleanField(default=True, verbose_name="代理全部事项")),
                (
                    "permissions",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="不代理全部事项时的权限键或岗位职责",
                        verbose_name="代理的权限",
                    ),
                ),
                ("reason", models.CharField(max_length=200, verbose_name="代理原因")),
                (
                    "status",
                    models.CharField(
                        choices=[("active", "有效"), ("revoked", "已撤销")],
                        default="active",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                ("set_by_name", models.CharField(max_length=80, verbose_name="登记人")),
                ("set_at", models.DateTimeField(verbose_name="登记时间")),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                (
                    "deputy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="standing_in",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="代理人",
                    ),
                ),
                (
                    "principal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stand_ins",
                        to="inner_people.appointment",
                        verbose_name="被代理的任职",
                    ),
                ),
            ],
            options={
                "verbose_name": "代理",
            },
        ),
        migrations.AddConstraint(
            model_name="officer",
            constraint=models.CheckConstraint(condition=models.Q(("is_superuser", False)), name="officer_no_superuser"),
        ),
        migrations.AddConstraint(
            model_name="officer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("is_active", True), ("status", "active")),
                    models.Q(("is_active", False), models.Q(("status", "active"), _negated=True)),
                    _connector="OR",
                ),
                name="officer_active_by_status",
            ),
        ),
        migrations.AddConstraint(
            model_name="officer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "left"), _negated=True), ("left_on__isnull", False), _connector="OR"
                ),
                name="officer_left_has_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="adminduty",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "open")), fields=("officer",), name="admin_duty_one_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="adminduty",
            constraint=models.CheckConstraint(
                condition=models.Q(("duty__in", ["system", "security", "audit"])), name="admin_duty_is_one_of_three"
            ),
        ),
        migrations.AddConstraint(
            model_name="adminduty",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ["open", "closed", "refused"]), _negated=True),
                    models.Q(
                        models.Q(("approved_by", ""), _negated=True),
                        models.Q(("approved_by", models.F("requested_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="admin_duty_decided_by_another",
            ),
        ),
        migrations.AddIndex(
            model_name="organ",
            index=models.Index(fields=["parent", "order"], name="organ_children"),
        ),
        migrations.AddConstraint(
            model_name="organ",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                ),
                name="organ_period",
            ),
        ),
        migrations.AddConstraint(
            model_name="organ",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "merged"), _negated=True), ("successor__isnull", False), _connector="OR"
                ),
                name="organ_merged_into_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="organ",
            constraint=models.CheckConstraint(
                condition=models.Q(("status", "active"), ("valid_to__isnull", False), _connector="OR"),
                name="organ_ended_has_last_day",
            ),
        ),
        migrations.AddIndex(
            model_name="organevent",
            index=models.Index(fields=["organ", "on"], name="organ_event_on"),
        ),
        migrations.AddConstraint(
            model_name="passwordreset",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "requested")), fields=("officer",), name="password_reset_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="passwordreset",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ["done", "refused"]), _negated=True),
                    models.Q(
                        models.Q(("approved_by", ""), _negated=True),
                        models.Q(("approved_by", models.F("requested_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="password_reset_decided_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="post",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                ),
                name="post_period",
            ),
        ),
        migrations.AddConstraint(
            model_name="post",
            constraint=models.UniqueConstraint(
                condition=models.Q(("valid_to__isnull", True)),
                fields=("organ", "title"),
                name="post_title_once_in_organ",
            ),
        ),
        migrations.AddConstraint(
            model_name="post",
            constraint=models.CheckConstraint(condition=models.Q(("max_holders__gte", 1)), name="post_holds_someone"),
        ),
        migrations.AddIndex(
            model_name="appointment",
            index=models.Index(fields=["post", "valid_to"], name="appointment_holders"),
        ),
        migrations.AddIndex(
            model_name="appointment",
            index=models.Index(fields=["officer", "valid_to"], name="appointment_of"),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_main", True), ("valid_to__isnull", True)),
                fields=("officer",),
                name="appointment_one_open_main",
            ),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("valid_to__isnull", True)),
                fields=("officer", "post"),
                name="appointment_once_per_post",
            ),
        ),
        migrations.AddIndex(
            model_name="rolegrant",
            index=models.Index(fields=["post", "status"], name="grant_of_post"),
        ),
        migrations.AddIndex(
            model_name="rolegrant",
            index=models.Index(fields=["appointment", "status"], name="grant_of_appointment"),
        ),
        migrations.AddConstraint(
            model_name="rolegrant",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                ),
                name="grant_period",
            ),
        ),
        migrations.AddConstraint(
            model_name="rolegrant",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ["active", "refused"]), _negated=True),
                    models.Q(
                        models.Q(("approved_by", ""), _negated=True),
                        models.Q(("approved_by", models.F("requested_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="grant_decided_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="rolegrant",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("appointment__isnull", True), ("post__isnull", False)),
                    models.Q(("appointment__isnull", False), ("post__isnull", True)),
                    _connector="OR",
                ),
                name="grant_to_post_or_appointment",
            ),
        ),
        migrations.AddIndex(
            model_name="standin",
            index=models.Index(fields=["deputy", "status"], name="stand_in_of_deputy"),
        ),
        migrations.AddConstraint(
            model_name="standin",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                ),
                name="stand_in_period",
            ),
        ),
        migrations.AddConstraint(
            model_name="standin",
            constraint=models.CheckConstraint(
                condition=models.Q(("valid_to__isnull", False)), name="stand_in_has_last_day"
            ),
        ),
        migrations.AddConstraint(
            model_name="standin",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "active")),
                fields=("principal", "deputy", "valid_from"),
                name="stand_in_once",
            ),
        ),
    ]
