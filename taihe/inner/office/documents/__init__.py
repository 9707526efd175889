"""公文: a document from its draft to the last receipt, and what comes in from elsewhere.

发文: draft → 部门核稿 → 会签 → 办公室审核 → 签发 → 复核 → 登记编号 → 用印 → 分发; 收文: 签收 → 登记 → 拟办 → 批示 →
承办 or 传阅 → 办结.  《党政机关公文处理工作条例》 says who does what, GB/T 9704-2012 how the paper looks.
"""
