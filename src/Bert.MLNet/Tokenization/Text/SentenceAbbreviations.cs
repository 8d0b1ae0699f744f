namespace Bert.MLNet.Tokenization;

/// <summary>Words before a point that does not always end a sentence, of English, German, French, Spanish and Italian.</summary>
internal static class SentenceAbbreviations
{
    // Always followed by more: titles, and words that refer to what comes next.
    private static readonly HashSet<string> s_inner = Set("""
        mr mrs ms mx dr prof rev hon gen col maj capt cpt lt sgt cpl adm cmdr gov sen rep pres st sr sra srta fr hr frau mme mlle mm
        dra dott sig dipl ing mag
        e.g i.e cf vs viz fig figs eq eqs sec ch vol pp p ed eds approx resp incl ref refs tab al.s mt ft
        z.b d.h u.a s.o s.u u.u i.d.r o.ä z.t v.a bzw ca vgl evtl ggf inkl zzgl sog abb kap bd nr str geb gest
        p.ex c.-à-d env av ej p.ej pág núm art
        """);

    // Followed by more, or at the end of a sentence.
    private static readonly HashSet<string> s_either = Set("""
        etc inc ltd co corp llc plc jr bros dept est univ assn no al a.m p.m b.c a.d ph.d m.d b.a m.a u.s u.k u.n u.s.a d.c e.u usw usf
        gmbh ag e.v
        jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thur thurs fri sat sun
        """);

    // Words that often begin a sentence, and rarely follow an abbreviation inside one.
    private static readonly HashSet<string> s_starters = Set("""
        the a an this that these those it its he she they we i you his her their our my there here in on at for from with as by to but and
        or so if when while where after before since until although though because however moreover thus then also not no yes what who
        which how why some many most all both each one two
        der die das ein eine er sie es wir ich ihr und aber doch im am in wenn als nach vor seit weil auch nicht was wer wie
        le la les un une il elle ils elles nous je ce cette ces mais et dans el los las lo en pero y si
        """);

    // Months after an ordinal number: "am 3. Oktober".
    private static readonly HashSet<string> s_months = Set("""
        januar jänner februar märz april mai juni juli august september oktober november dezember jahrhundert jahrhunderts
        """);

    /// <summary>Whether a point after a word ends a sentence, if a space and another word follow.</summary>
    /// <param name="word">The word, with points inside it but without the last one.</param>
    /// <param name="next">The letters or digits that follow.</param>
    /// <param name="startsSentence">Whether the word is the first of its sentence.</param>
    public static bool CanEnd(ReadOnlySpan<char> word, ReadOnlySpan<char> next, bool startsSentence)
    {
        string lower = word.ToString().ToLowerInvariant(), following = next.ToString().ToLowerInvariant();
        if (lower.Length == 0)
            return true;
        if (s_inner.Contains(lower))
            return false;
        if (lower.All(char.IsAsciiDigit))
            return !(startsSentence && lower.Length < 3) && !(lower.Length < 3 && s_months.Contains(following));
        if (lower == "no")
            return next.IsEmpty || !char.IsAsciiDigit(next[0]);
        // An initial, or letters with points between them, such as U.S.
        bool isInitial = word.Length == 1 && char.IsUpper(word[0])
            || word.Length > 2 && char.IsLetter(word[0]) && word[1] == '.' && word[^2] == '.';
        bool isEither = s_either.Contains(lower);
        if (isEither && (next.IsEmpty || !char.IsUpper(next[0])))
            return false;
        return !(isInitial || isEither && word.Contains('.')) || s_starters.Contains(following);
    }

    private static HashSet<string> Set(string words) =>
        words.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal);
}
