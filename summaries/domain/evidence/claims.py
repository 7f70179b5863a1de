"""What a sentence says in its own words that only the record can show: that something was solved, an address, markup.

Success is known by its words in all languages of summaries. A negation counts only beside the claim, in its part of
the sentence: “no doubt it is solved” claims it.
"""

import re

from summaries.domain.evidence.quoting import unquoted

_WORDS = (
    # English, German, Spanish
    r"resolved|solved|fixed|success(?:ful(?:ly)?)?|works? (?:now|again|fine)|working again|(?:all|tests?) passed",
    r"all (?:is )?(?:good|well|fine|set)|everything (?:is|was) (?:fine|ok(?:ay)?|good|in order)|problem (?:is )?gone",
    r"gel[oö]st|behoben|funktioniert (?:wieder|jetzt)|erfolgreich|alles (?:ist )?(?:gut|in ordnung)",
    r"resuelt[oa]s?|solucionad[oa]s?|arreglad[oa]s?|funciona (?:de nuevo|ahora)|con [eé]xito|todo (?:est[aá] )?bien",
    # French, Italian, Portuguese, Dutch
    r"r[eé]solue?s?|r[eé]par[eé]e?s?|corrig[eé]e?s?|avec succ[eè]s|fonctionne (?:[aà] nouveau|maintenant|bien)",
    r"risolt[oaie]|con successo|funziona (?:di nuovo|ora|adesso)|tout va bien|tutto (?:va )?bene",
    r"resolvid[oa]s?|solucionad[oa]s?|com sucesso|funciona (?:novamente|agora)|tudo certo",
    r"opgelost|verholpen|succesvol|werkt (?:weer|nu)",
    # Polish, Czech, Turkish
    r"rozwi[aą]zan[oyaie]|naprawion[oyae]|pomy[sś]lnie|działa (?:znowu|ponownie|teraz)",
    r"vy[rř]e[sš]en[oay]?|opraven[oay]?|[uú]sp[eě][sš]n[eě]|funguje (?:znovu|nyn[ií]|zase)",
    r"[cç][oö]z[uü]ld[uü]|giderildi|d[uü]zeltildi|ba[sş]ar[iı]yla|(?:yeniden|art[iı]k|tekrar) [cç]al[iı][sş][iı]yor",
)
#: In scripts without blanks or with prefixed words, a claim stands anywhere.
_SIGNS = (
    r"解決(?:しました|した|済み|されました|された)|復旧(?:しました|した|済み)|直りました|修正されました|正常に(?:動作|完了)",
    r"(?<![未没不])(?:已|得到|成功|问题)(?:经)?(?:被)?(?:解决|修复|恢复)|(?:解决|修复|恢复)了|恢复正常|一切正常|成功(?:了|完成)",
    r"해결(?:되었|됐|했|하였|완료)|수정되었|복구(?:되었|됐)|정상 작동|성공적",
    r"تم (?:حل|إصلاح)|حُل(?:ّت)?|بنجاح|يعمل (?:الآن|مجدد)|مشكلة محلولة",
)
_CLAIM = re.compile(rf"\b(?:{'|'.join(_WORDS)})\b|{'|'.join(_SIGNS)}", re.IGNORECASE)
#: “a fixed address”, “fixed width” tell of no repair.
_NO_CLAIM = re.compile(r"\bfixed (?:ip|address|size|width|line|term|disk|price|rate|drive|font)\w*", re.IGNORECASE)
_UNCLAIMED = re.compile(
    r"\b(?:not|no|whether|if|nor|never|without|unclear|unknown|cannot|hardly|nicht|kein\w*|ob|nie|ohne|si|sin|nunca|sans"
    r"|ne|pas|jamais|non|senza|mai|n[aã]o|sem|niet|geen|nooit|zonder|nie|bez|ani|zda|neukazuje|nen[ií]|nebyl[oay]?|czy|değil|henüz)\b|n['’]t\b|(?:لم|لا|غير|ما)\s"
    r"|未|没|不|尚",
    re.IGNORECASE,
)
#: By the words of all languages of summaries.
_LACKS = re.compile(
    r"\b(?:not|no|nothing|none|nobody|without|missing|lack\w*|unclear|unknown|unable|cannot|only|backwards?|cut|ends?"
    r"|left out|incomplete|nicht\w*|kein\w*|fehl\w*|unklar|unbekannt|ohne|nur|sin|nada|ning\w+|falta\w*|solo|nunca"
    r"|ne|n|pas|rien|aucun\w*|manqu\w+|sans|non|nulla|nessun\w*|manca\w*|senza|n[aã]o|nenhum\w*|sem|niet\w*|geen"
    r"|ontbre\w+|zonder|nie\w*|brak\w*|bez|ne\w+|chyb\w+|ani|değil|yok\w*|\w+m[ae]d[ıi]\w*|\w+m[ıiuü]yor\w*|eksik\w*)\b"
    r"|n['’]t\b|ない|ません|欠|不明|ず|没|未|不|无|缺|없|않|못|누락|لم|لا|ليس|غير|دون|ينقص|مفقود",
    re.IGNORECASE,
)
#: A negation that stresses instead of denying.
_STRESS = re.compile(
    r"\b(?:no|without(?: a| any)?|ohne|kein|sin|sans|senza|sem|zonder|bez) "
    r"(?:doubts?|questions?|problems?|issues?|errors?|zweifel|dudas?|doute|dubbio|problemas?)\b"
    r"|\b(?:not|nicht|no) (?:only|just|nur|solo)\b|\bno longer (?:a|any) (?:problem|issue)\b",
    re.IGNORECASE,
)
_DENIED_AFTER = re.compile(
    r"\W*(?:\w+\W+){0,2}(?:nicht|not|no|unknown|unclear)\b|か|吗|는지|지 않|ません|ない|\s*[?？؟]", re.IGNORECASE
)
#: A comma before such a word divides no thought: “shows not, that it is solved”.
_SUBORDINATE = re.compile(r",\s+(?=(?:dass|daß|ob|that|whether|že|zda|że|czy)\b)", re.IGNORECASE)
_CLAUSE = re.compile(r"[,;.:!—–。，、；！،؛\n]|\b(?:and|but|und|aber|y|pero|et|mais|e|ma|mas|en|maar|i|ale|ve|ama)\b")
#: How far before a claim its negation may stand, in characters.
_REACH = 40

_ADDRESS = re.compile(
    r"(?:\b[a-z][a-z0-9+.-]{1,20}:)?//[^\s<>“”\"'`（）。，；、！？「」]+"
    r"|\b(?:javascript|vbscript|data|mailto|tel|file):[^\s<>]+|\bwww\.[^\s（）。，；、！？「」]+"
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    r"|\b(?:[a-z0-9-]+\.)+(?:com|net|org|io|dev|info|biz|xyz|top|app|site|online|ru|cn|de|fr|uk|eu|test|example|invalid)\b"
    r"(?:/\S*)?",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"</?[a-zA-Z!][^<>]*>?|!?\[[^\]\n]*\]\([^)\n]*\)|&(?:#\w+|[a-z]+);")
_PLACEHOLDER = re.compile(r"\[[A-Z][A-Z_]*-\d+\]")


def claims_success(sentence: str) -> bool:
    """Whether a sentence says in its own words that something was solved."""
    return claims_in(unquoted(sentence))


def claims_in(text: str) -> bool:
    """The same for a text as it stands, quotations and all."""
    said = _STRESS.sub(" ", _SUBORDINATE.sub(" ", _NO_CLAIM.sub(" ", text)))
    return any(
        not _UNCLAIMED.search(clause[max(0, found.start() - _REACH) : found.start()])
        and not _DENIED_AFTER.match(clause[found.end() :])
        for clause in _CLAUSE.split(said)
        for found in _CLAIM.finditer(clause)
    )


def denies_something(sentence: str) -> bool:
    """Whether a sentence says in its own words that something is not there, not known or not whole."""
    return bool(_LACKS.search(unquoted(sentence)))


def without_claims(sentence: str) -> str:
    return _CLAIM.sub("", sentence).strip(" :-–")


def copied_words(said: str) -> list[str]:
    """Addresses, markup and placeholders of a sentence: nobody puts them in words of their own."""
    addresses = [match[0].rstrip(".,;:!?)]}»”'\"") for match in _ADDRESS.finditer(said)]
    return [*addresses, *_MARKUP.findall(said), *_PLACEHOLDER.findall(said)]
