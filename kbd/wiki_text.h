/*
 * wiki_text.h - the wiki's own words, in English and in Simplified Chinese.
 *
 * One row a text: a threaded server cannot switch a locale for each request,
 * and a table that the compiler checks needs no tool. What people wrote is
 * never translated.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_WIKI_TEXT_H
#define KBD_WIKI_TEXT_H

#include "common/slice.h"

enum wiki_lang { LANG_EN, LANG_ZH };

#define WIKI_TEXTS(X) \
X(T_HOME, "Home", "首页") \
X(T_SKIP, "Skip to content", "跳到正文") \
X(T_SEARCH, "Search", "搜索") \
X(T_SEARCH_LABEL, "Search lessons: an error text, a symptom, a command", \
    "搜索经验：错误信息、现象或命令") \
X(T_SEARCH_HINT, "e.g. CPU 100% or 数据库 500", "例如 CPU 100% 或 数据库 500") \
X(T_CHANGES, "Changes", "最近变更") \
X(T_GAPS, "Gaps", "待补充") \
X(T_NEW, "New lesson", "新增经验") \
X(T_LOGIN, "Log in", "登录") \
X(T_LOGOUT, "Log out", "退出") \
X(T_ACCOUNT, "Account", "账户") \
X(T_DOCUMENTS, "Documents", "文档") \
X(T_DOCUMENT, "Document", "文档") \
X(T_ENTRIES, "entries", "条目") \
X(T_UPDATED, "Updated", "更新") \
X(T_RECENT, "Recent changes", "最近变更") \
X(T_DUE, "Due for review", "待复查") \
X(T_DUE_BY, "review by", "复查日期") \
X(T_NONE_YET, "Nothing yet.", "暂无内容。") \
X(T_EMPTY_BASE, "The base is empty. Import Markdown with", \
    "知识库为空。用以下命令导入 Markdown：") \
X(T_CONTENTS, "Contents", "目录") \
X(T_PATH, "Where this is", "当前位置") \
X(T_SEE_ALSO, "See also", "相关内容") \
X(T_BELOW, "In this section", "本节内容") \
X(T_EDIT, "Edit", "编辑") \
X(T_HISTORY, "History", "历史") \
X(T_RAW, "Markdown", "Markdown 原文") \
X(T_VERSION, "version", "版本") \
X(T_BY, "by", "作者") \
X(T_ARCHIVED, "This lesson is archived: it is no longer part of the document.", \
    "该条目已归档，不再属于文档。") \
X(T_READ_ONLY, "read-only", "只读") \
X(T_RISK_CHANGES, "changes things", "有变更") \
X(T_DESTRUCTIVE, "destructive", "有破坏性") \
X(T_DONE, "done", "已完成") \
X(T_OPEN, "to do", "未完成") \
X(T_ANCHOR, "link to this section", "本节链接") \
X(T_IMAGE, "Image:", "图片：") \
X(T_CRITICAL, "critical", "致命") \
X(T_HIGH, "high", "高") \
X(T_WARNING, "warning", "警告") \
X(T_LOW, "low", "低") \
X(T_INFO, "info", "提示") \
X(T_PROBLEM, "problem", "问题") \
X(T_RUNBOOK, "runbook", "应急手册") \
X(T_CHECKLIST, "checklist", "检查清单") \
X(T_TEMPLATE, "template", "模板") \
X(T_PROCEDURE, "procedure", "流程") \
X(T_RETROSPECTIVE, "retrospective", "复盘") \
X(T_SECTION, "section", "章节") \
X(T_STRONG, "strong match", "高度匹配") \
X(T_LIKELY, "likely match", "可能匹配") \
X(T_WEAK, "weak match", "弱匹配") \
X(T_RESULTS, "answers", "条结果") \
X(T_NO_RESULTS, "No lesson answers this yet.", "还没有经验能回答这个问题。") \
X(T_NO_RESULTS_HINT, "Try fewer or other words. Once you know the answer, " \
    "record it here or with", \
    "换几个词试试。知道答案后，请记录在这里，或用命令行：") \
X(T_COMPARE, "Compare", "比较") \
X(T_FROM, "From", "从") \
X(T_TO, "To", "到") \
X(T_DIFFERENCE, "Difference", "差异") \
X(T_SAME, "Both versions are the same.", "两个版本相同。") \
X(T_ADDED, "added", "新增") \
X(T_REMOVED, "removed", "删除") \
X(T_MESSAGE, "Summary", "说明") \
X(T_MESSAGE_HINT, "Why this change? One line.", "为什么修改？一行说明。") \
X(T_WHEN, "When", "时间") \
X(T_WHO, "Who", "作者") \
X(T_OLDER, "Older", "更早") \
X(T_REVISION, "revision", "修订") \
X(T_FEED, "Atom feed", "Atom 订阅") \
X(T_SAVE, "Save", "保存") \
X(T_PREVIEW, "Preview", "预览") \
X(T_MARKDOWN, "Text (Markdown)", "正文（Markdown）") \
X(T_CANCEL, "Cancel", "取消") \
X(T_EDITING, "Edit", "编辑") \
X(T_NOT_SAVED, "This was not saved.", "未保存。") \
X(T_CONFLICT, "Somebody else changed the same lines", \
    "有人同时修改了相同的行") \
X(T_CONFLICT_HELP, "Nothing is lost: both texts are below. Settle the lines between the marks, then save.", \
    "内容没有丢失：两份文本都在下面。请处理标记之间的行，然后保存。") \
X(T_THEIRS, "Saved meanwhile", "期间保存的版本") \
X(T_YOURS, "Yours", "你的版本") \
X(T_MERGED, "Merged text", "合并后的文本") \
X(T_MARKS_LEFT, "The text still holds conflict marks (<<<<<<<). Settle them, then save.", \
    "文本中仍有冲突标记（<<<<<<<），请先处理再保存。") \
X(T_IN_DOCUMENT, "Document", "所属文档") \
X(T_AFTER, "After the entry with this number (empty: at the end)", \
    "放在此编号的条目之后（留空：放在末尾）") \
X(T_NEW_HINT, "Start with a heading: ## Title", "以标题开头：## 标题") \
X(T_NAME, "Name", "用户名") \
X(T_PASSWORD, "Password", "密码") \
X(T_WRONG_PASSWORD, "Name or password is wrong.", "用户名或密码错误。") \
X(T_TOO_MANY, "Too many attempts from your address. Wait a little.", \
    "你的地址尝试次数过多，请稍候。") \
X(T_LOGIN_FIRST, "Log in to see this page.", "请先登录。") \
X(T_NOT_FOUND, "There is no such page", "页面不存在") \
X(T_NOT_FOUND_HELP, "The address may be old. Search for what you need:", \
    "地址可能已过期。可以搜索你需要的内容：") \
X(T_FORBIDDEN, "You may not do this", "没有权限") \
X(T_FORBIDDEN_HELP, "Your role does not allow it. Ask an admin.", \
    "你的角色不允许此操作，请联系管理员。") \
X(T_WENT_WRONG, "This did not work", "操作失败") \
X(T_CONFIDENCE, "How well it fits", "匹配程度") \
X(T_LANGUAGE, "中文", "English") \
X(T_HELP, "Help", "帮助") \
X(T_TOKENS, "API tokens", "API 令牌") \
X(T_TOKEN_NAME, "What it is for", "用途") \
X(T_TOKEN_WRITE, "May change lessons", "允许修改") \
X(T_TOKEN_MAKE, "Make a token", "创建令牌") \
X(T_TOKEN_REMOVE, "Remove", "删除") \
X(T_TOKEN_ONCE, "Copy it now: it is shown only once.", \
    "请立即复制：只显示一次。") \
X(T_TOKEN_UNTIL, "valid until", "有效期至") \
X(T_ROLE, "Role", "角色") \
X(T_COPY, "Copy", "复制") \
X(T_COPIED, "Copied", "已复制") \
X(T_GAPS_HELP, "Searches that found nothing, most asked first.", \
    "没有找到结果的搜索，按次数排列。") \
X(T_TIMES, "times", "次数") \
X(T_QUERY, "Search", "搜索内容") \
X(T_CREATED, "created", "创建") \
X(T_CHANGED, "changed", "修改") \
X(T_MOVED, "moved", "移动") \
X(T_UNARCHIVED, "restored", "恢复") \
X(T_ARCHIVED_WORD, "archived", "归档") \
X(T_KEYS, "Keyboard", "键盘") \
X(T_KEY_SEARCH, "to the search box", "跳到搜索框") \
X(T_KEY_HELP, "this page", "本页") \
X(T_KEY_EDIT, "edit the lesson", "编辑当前条目") \
X(T_KEY_SAVE, "save, in the editor", "在编辑器中保存") \
X(T_WRITING, "Writing", "写作") \
X(T_WRITING_HELP, "Lessons are Markdown with tables and task lists. Link to another lesson by its number or its title:", \
    "经验用 Markdown 书写，支持表格和任务列表。用编号或标题链接到其他条目：") \
X(T_LABELS_HELP, "A label at the start of a line sets a part of the lesson apart:", \
    "行首的标签会单独显示：") \
X(T_FROM_SHELL, "From the shell", "命令行") \
X(T_DRAFT, "A draft of yours from this browser is not saved yet.", \
    "此浏览器中有未保存的草稿。") \
X(T_DRAFT_USE, "Use the draft", "使用草稿") \
X(T_DRAFT_DROP, "Discard it", "丢弃") \
X(T_TOPBAR, "Site", "站点") \
X(T_MATCHED, "Why", "原因")

#define X(id, en, zh) id,
enum wiki_text { WIKI_TEXTS(X) WIKI_TEXT_COUNT };
#undef X

const char *wiki_text(enum wiki_lang lang, enum wiki_text id);

/* "en", "zh-CN": for HTML. */
const char *wiki_lang_tag(enum wiki_lang lang);

/*
 * The language that somebody wants: by the cookie of the switch, else the
 * first of Accept-Language that we have.
 */
enum wiki_lang wiki_lang_of(struct slice cookie, struct slice accept);

/* Whether a text has Chinese in it: for lang marks. */
bool wiki_is_chinese(struct slice text);

#endif
