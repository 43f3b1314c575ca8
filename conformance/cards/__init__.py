"""Cards as subjects: what a card must answer, ours or one behind any reader. 卡片侧测试"""
