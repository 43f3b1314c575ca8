"""Qualifiers: TTQ and CTQ, the bits in which a contactless terminal and card agree what to do.

As PBOC and QuickPass define them (JR/T 0025.12): other schemes use tags 9F66 and 9F6C with other meanings in places.
"""

from jinka.kernel.data.bits import Bits, bit


class Ttq(Bits, size=4):
    """Terminal transaction qualifiers, tag 9F66. Byte 2 is worked out anew for each transaction."""

    MSD = bit(1, 8, "支持非接触磁条(MSD)")
    CONTACTLESS_DEBIT_CREDIT = bit(1, 7, "支持非接触PBOC借贷记")
    QPBOC = bit(1, 6, "支持qPBOC")
    CONTACT = bit(1, 5, "支持接触式PBOC借贷记")
    OFFLINE_ONLY = bit(1, 4, "终端仅支持脱机")
    ONLINE_PIN = bit(1, 3, "支持联机PIN")
    SIGNATURE = bit(1, 2, "支持签名")
    ODA_FOR_ONLINE = bit(1, 1, "支持联机交易的脱机数据认证")
    ONLINE_CRYPTOGRAM_REQUIRED = bit(2, 8, "要求联机密文")
    CVM_REQUIRED = bit(2, 7, "要求CVM")
    CONTACT_OFFLINE_PIN = bit(2, 6, "支持(接触式)脱机PIN")
    ISSUER_UPDATE = bit(3, 8, "支持发卡行更新处理")
    CONSUMER_DEVICE_CVM = bit(3, 7, "支持持卡人设备CVM")
    FDDA_VERSION_01 = bit(4, 8, "支持fDDA版本01")


class Ctq(Bits, size=2):
    """Card transaction qualifiers, tag 9F6C."""

    ONLINE_PIN_REQUIRED = bit(1, 8, "需要联机PIN")
    SIGNATURE_REQUIRED = bit(1, 7, "需要签名")
    ONLINE_IF_ODA_FAILS = bit(1, 6, "脱机数据认证失败且终端可联机时转联机")
    TERMINATE_IF_ODA_FAILS = bit(1, 5, "脱机数据认证失败且终端支持接触式时终止")
    ONLINE_IF_EXPIRED = bit(1, 4, "应用过期时转联机")
    SWITCH_FOR_CASH = bit(1, 3, "现金交易时切换界面")
    SWITCH_FOR_CASHBACK = bit(1, 2, "返现交易时切换界面")
    CONSUMER_DEVICE_CVM_PERFORMED = bit(2, 8, "已执行持卡人设备CVM")
    ISSUER_UPDATE_SUPPORTED = bit(2, 7, "卡片支持发卡行更新处理")
