"""Terminals that are not our kernel in this process, behind a driver. 驱动：接入别人的终端"""
