"""Keys: wrong ways to load, find and revoke the keys of certification authorities."""

from jinka.conformance.mutants.mutant import Mutant, Patch

MUTANTS = [
    Mutant(
        "key-of-any-provider",
        "emv-b2/11.2",
        "A CA key is found by its index alone.",
        "仅按索引查找认证中心公钥",
        ("KEY-006",),
        Patch("kernel.config.Config.key", "held.rid == rid and ", ""),
    ),
    Mutant(
        "key-of-any-algorithm",
        "emv-b2/11.2",
        "The algorithm of a CA key is not looked at.",
        "查找认证中心公钥时不看算法",
        ("KEY-010",),
        Patch("kernel.config.Config.key", " and held.algorithm is algorithm", ""),
    ),
    Mutant(
        "expired-ca-key",
        "emv-b2/11.2",
        "A CA key is used beyond its date.",
        "使用已过期的认证中心公钥",
        ("KEY-002",),
        Patch("kernel.steps.keys.issuer_key", "ca.expiry < tx.today", "False"),
    ),
    Mutant(
        "ca-key-without-its-last-day",
        "emv-b2/11.2",
        "A CA key is not used on its last day.",
        "认证中心公钥到期当日不可用",
        ("KEY-002",),
        Patch("kernel.steps.keys.issuer_key", "ca.expiry < tx.today", "ca.expiry <= tx.today"),
    ),
    Mutant(
        "checksum-not-compared",
        "emv-b2/11.2",
        "The checksum of a CA key is not compared when it is loaded.",
        "装载时不核对公钥校验值",
        ("KEY-001",),
        Patch("kernel.sanity.key_problems", "key.checksum != checksum(key)", "False"),
    ),
    Mutant(
        "first-key-stays",
        "emv-b2/11.2",
        "Of two keys of one index in tables the first one stays.",
        "重复装载时保留先装载的公钥",
        ("KEY-003",),
        Patch(
            "kernel.load._Gathered.key",
            "self.keys[bytes(key.rid), key.index, key.algorithm] = key",
            "self.keys.setdefault((bytes(key.rid), key.index, key.algorithm), key)",
        ),
    ),
    Mutant(
        "revocation-of-a-key",
        "emv-b2/11.2",
        "A revocation entry counts for every serial number of its key.",
        "回收记录对该公钥下所有证书生效",
        ("KEY-007", "KEY-009"),
        Patch("kernel.config.Config.is_revoked", " and entry.serial == serial", ""),
    ),
    Mutant(
        "first-revocations-only",
        "emv-b2/5.1.2",
        "Only the first ten entries of the revocation list are looked at.",
        "只看回收列表的前十条",
        ("KEY-007",),
        Patch("kernel.config.Config.is_revoked", "in self.revoked)", "in self.revoked[:10])"),
    ),
]
