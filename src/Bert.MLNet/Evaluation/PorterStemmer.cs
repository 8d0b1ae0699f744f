namespace Bert.MLNet.Evaluation;

/// <summary>
/// Reduces English words to stems (Porter, 1980, "An algorithm for suffix stripping"), with the changes of NLTK's
/// <c>PorterStemmer</c> in its default mode, which rouge_score uses.
/// </summary>
internal static class PorterStemmer
{
    private static readonly Dictionary<string, string> s_irregular = new(StringComparer.Ordinal)
    {
        ["sky"] = "sky", ["skies"] = "sky", ["dying"] = "die", ["lying"] = "lie", ["tying"] = "tie", ["news"] = "news",
        ["inning"] = "inning", ["innings"] = "inning", ["outing"] = "outing", ["outings"] = "outing", ["canning"] = "canning",
        ["cannings"] = "canning", ["howe"] = "howe", ["proceed"] = "proceed", ["exceed"] = "exceed", ["succeed"] = "succeed",
    };

    private static readonly (string Suffix, string Replacement)[] s_plurals = [("sses", "ss"), ("ies", "i"), ("ss", "ss"), ("s", "")];

    private static readonly (string Suffix, string Replacement)[] s_derivations =
    [
        ("ational", "ate"), ("tional", "tion"), ("enci", "ence"), ("anci", "ance"), ("izer", "ize"), ("bli", "ble"), ("alli", "al"),
        ("entli", "ent"), ("eli", "e"), ("ousli", "ous"), ("ization", "ize"), ("ation", "ate"), ("ator", "ate"), ("alism", "al"),
        ("iveness", "ive"), ("fulness", "ful"), ("ousness", "ous"), ("aliti", "al"), ("iviti", "ive"), ("biliti", "ble"),
        ("fulli", "ful"),
    ];

    private static readonly (string Suffix, string Replacement)[] s_adjectives =
        [("icate", "ic"), ("ative", ""), ("alize", "al"), ("iciti", "ic"), ("ical", "ic"), ("ful", ""), ("ness", "")];

    private static readonly string[] s_endings =
    [
        "al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent", "ion", "ou", "ism", "ate", "iti", "ous", "ive",
        "ize",
    ];

    /// <summary>The stem of a word in lower case.</summary>
    public static string Stem(string word)
    {
        if (s_irregular.TryGetValue(word, out string? stem))
            return stem;
        if (word.Length <= 2)
            return word;
        word = word.Length == 4 && word.EndsWith("ies", StringComparison.Ordinal) ? word[..^1] : Replace(word, s_plurals, _ => true);
        word = WithoutEdAndIng(word);
        if (word.Length > 2 && word[^1] == 'y' && IsConsonant(word, word.Length - 2))
            word = word[..^1] + "i";
        word = Derived(word);
        word = Replace(word, s_adjectives, rest => Measure(rest) > 0);
        return WithoutE(WithoutEnding(word));
    }

    // Step 1b: agreed, plastered, motoring.
    private static string WithoutEdAndIng(string word)
    {
        if (word.EndsWith("ied", StringComparison.Ordinal))
            return word.Length == 4 ? word[..^1] : word[..^2];
        if (word.EndsWith("eed", StringComparison.Ordinal))
            return Measure(word[..^3]) > 0 ? word[..^1] : word;
        int length = word.EndsWith("ed", StringComparison.Ordinal) ? 2 : word.EndsWith("ing", StringComparison.Ordinal) ? 3 : 0;
        string rest = word[..^length];
        if (length == 0 || !Enumerable.Range(0, rest.Length).Any(i => !IsConsonant(rest, i)))
            return word;
        if (rest.EndsWith("at", StringComparison.Ordinal) || rest.EndsWith("bl", StringComparison.Ordinal)
            || rest.EndsWith("iz", StringComparison.Ordinal))
            return rest + "e";
        if (rest.Length > 1 && rest[^1] == rest[^2] && IsConsonant(rest, rest.Length - 1))
            return rest[^1] is 'l' or 's' or 'z' ? rest : rest[..^1];
        return Measure(rest) == 1 && IsShort(rest) ? rest + "e" : rest;
    }

    // Step 2. The rule for "alli" comes first, and its result is derived again.
    private static string Derived(string word)
    {
        if (word.EndsWith("alli", StringComparison.Ordinal) && Measure(word[..^4]) > 0)
            return Derived(word[..^2]);
        if (word.EndsWith("logi", StringComparison.Ordinal))
            return Measure(word[..^3]) > 0 ? word[..^1] : word;
        return Replace(word, s_derivations, rest => Measure(rest) > 0);
    }

    // Step 4.
    private static string WithoutEnding(string word)
    {
        if (Array.Find(s_endings, ending => word.EndsWith(ending, StringComparison.Ordinal)) is not { } suffix)
            return word;
        string rest = word[..^suffix.Length];
        return Measure(rest) > 1 && (suffix != "ion" || rest[^1] is 's' or 't') ? rest : word;
    }

    // Step 5.
    private static string WithoutE(string word)
    {
        if (word.EndsWith('e'))
        {
            string rest = word[..^1];
            int measure = Measure(rest);
            if (measure > 1 || measure == 1 && !IsShort(rest))
                word = rest;
        }
        return word.EndsWith("ll", StringComparison.Ordinal) && Measure(word[..^1]) > 1 ? word[..^1] : word;
    }

    // The first suffix that the word has decides, whether or not it is replaced.
    private static string Replace(string word, (string Suffix, string Replacement)[] rules, Func<string, bool> condition)
    {
        foreach ((string suffix, string replacement) in rules)
        {
            if (word.EndsWith(suffix, StringComparison.Ordinal))
                return condition(word[..^suffix.Length]) ? word[..^suffix.Length] + replacement : word;
        }
        return word;
    }

    private static bool IsConsonant(string word, int index)
    {
        int start = index;
        while (start > 0 && word[start] == 'y')
            start--;
        return IsConsonant(word[start], afterConsonant: false) == ((index - start) % 2 == 0);
    }

    // A y is a consonant at the start of a word and after a vowel.
    private static bool IsConsonant(char letter, bool afterConsonant) => letter switch
    {
        'a' or 'e' or 'i' or 'o' or 'u' => false,
        'y' => !afterConsonant,
        _ => true,
    };

    // The number of changes from vowels to consonants: m in the paper.
    private static int Measure(string stem)
    {
        int changes = 0;
        bool consonant = false;
        for (int i = 0; i < stem.Length; i++)
        {
            bool vowel = i > 0 && !consonant;
            consonant = IsConsonant(stem[i], consonant);
            changes += vowel && consonant ? 1 : 0;
        }
        return changes;
    }

    // Consonant, vowel, consonant other than w, x, y (*o in the paper), or a vowel and a consonant only.
    private static bool IsShort(string word) => word.Length == 2
        ? !IsConsonant(word, 0) && IsConsonant(word, 1)
        : word.Length > 2 && IsConsonant(word, word.Length - 3) && !IsConsonant(word, word.Length - 2)
            && IsConsonant(word, word.Length - 1) && word[^1] is not ('w' or 'x' or 'y');
}
