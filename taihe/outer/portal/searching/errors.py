"""Refusals of the public search."""

from __future__ import annotations

from taihe.ground.errors import CountyError


class SearchTooFast(CountyError):
    """One address asks more often than people do."""

    code = "search.too_fast"
    http_status = 429
    happened = "您所在的网络一分钟内搜索的次数较多。"
    done = "这一次没有搜索，其他页面可以照常打开。"
    next_step = "请等一分钟再搜，也可以从网站地图按栏目查找。"
