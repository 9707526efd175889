"""What may keep a paper from being drawn, told to the clerk."""

from __future__ import annotations

from taihe.ground.errors import CountyError


class GlyphsMissing(CountyError):
    """A character stands in no font at hand; typst would leave a hole without a word."""

    code = "paper.glyphs_missing"
    http_status = 422
    happened = "文中有字体无法显示的字：{characters}"
    done = "版式文件没有生成，文稿内容保持不变。"
    next_step = "请核对是否误输入；确属人名、地名用字的，请系统管理员把含该字的字体放入字体文件夹后重试。"


class PaperFontsMissing(CountyError):
    """The fonts of the standard are not installed on this machine."""

    code = "paper.fonts_missing"
    http_status = 503
    happened = "本机没有公文排版所需的字体：{fonts}"
    done = "版式文件没有生成，文稿内容保持不变。"
    next_step = "请系统管理员运行 scripts/fonts 安装字体，或把本单位已取得许可的字体放入字体文件夹。"


class CannotDraw(CountyError):
    """The type-setter refused; details are in the log."""

    code = "paper.cannot_draw"
    http_status = 500
    happened = "排版程序没有生成版式文件。"
    done = "出错情况已记入日志，文稿内容保持不变。"
    next_step = "请稍后重试；仍不成功的，请联系系统管理员。"
