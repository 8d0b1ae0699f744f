using System.Globalization;
using Bert.MLNet.Tokenization;

namespace Bert.MLNet.Tests.Tokenization;

public class WordCacheTests
{
    [Fact]
    public void Words_are_found_again_and_others_are_not()
    {
        var cache = new WordCache();
        string[] words = ["", "a", "aé", "abcdefgh", "abcdefghi", "abcdefghijklmno\u0143", "abcdefghijklmnop", "a\0", "a\0\0"];
        for (int i = 0; i < words.Length; i++)
            cache.Add(Key(words[i]), [(i, words[i].Length)]);
        for (int i = 0; i < words.Length; i++)
            Assert.Equal([i], Ids(cache.Find(Key(words[i])), words[i]));
        foreach (int place in Enumerable.Range(0, 16))
        {
            string other = "abcdefghijklmnop".Remove(place, 1).Insert(place, "x");
            Assert.Null(cache.Find(Key(other)));
            Assert.Null(cache.Find(Key(other[..(place + 1)])));
        }
        Assert.Null(cache.Find(Key("a\0\0\0")));
    }

    [Fact]
    public void Tokens_have_the_places_of_the_word_in_its_text()
    {
        var cache = new WordCache();
        cache.Add(Key("hello"), [(7, 2), (8, 3)]);
        var text = new NormalizedText(64, aligned: true);
        text.Assign("oh, hello", origin: 100);
        var output = new TokenBuffer(4, aligned: true);
        cache.Find(Key("hello"))!.AddTo(text, 4, ref output);
        Assert.Equal([7, 8], output.Ids.Span.ToArray());
        Assert.Equal([104, 106], output.Starts.Span.ToArray());
        Assert.Equal([106, 109], output.Ends.Span.ToArray());
        output.Dispose();
        text.Dispose();
    }

    [Fact]
    public void Long_words_and_words_of_many_tokens_are_not_remembered()
    {
        Assert.False(WordKey.TryCreate(new char[40], 3, 17, out _));
        Assert.False(WordKey.TryCreate(new char[40], 25, 2, out _)); // read in registers of 16, which must lie in the array
        Assert.True(WordKey.TryCreate(new char[40], 24, 16, out _));
        var cache = new WordCache();
        cache.Add(Key("abcdefg"), [(1, 1), (2, 1), (3, 1), (4, 1), (5, 1), (6, 1), (7, 1)]);
        Assert.Null(cache.Find(Key("abcdefg")));
    }

    [Fact]
    public void A_full_cache_keeps_what_it_has_on_all_threads()
    {
        var cache = new WordCache();
        const int Count = 40_000;
        int found = 0;
        Parallel.For(0, Count, i => cache.Add(Key(Word(i)), [(i, Word(i).Length)]));
        Parallel.For(0, Count, i =>
        {
            if (cache.Find(Key(Word(i))) is { } known)
            {
                Assert.Equal([i], Ids(known, Word(i)));
                Interlocked.Increment(ref found);
            }
        });
        Assert.InRange(found, 6_000, 8_192);

        static string Word(int i) => "w" + i.ToString(CultureInfo.InvariantCulture);
    }

    private static WordKey Key(string word)
    {
        char[] characters = [.. "..", .. word, .. "this follows, and is no part"];
        Assert.True(WordKey.TryCreate(characters, 2, word.Length, out WordKey key));
        return key;
    }

    private static int[] Ids(CachedWord? known, string word)
    {
        Assert.NotNull(known);
        var text = new NormalizedText(16, aligned: false);
        text.Assign(word, 0);
        var output = new TokenBuffer(4, aligned: false);
        known.AddTo(text, 0, ref output);
        int[] ids = output.Ids.Span.ToArray();
        output.Dispose();
        text.Dispose();
        return ids;
    }
}
