using Bert.MLNet.Tokenization;

namespace Bert.MLNet.Tests.Tokenization.Text;

public sealed class SentenceSplitterTests
{
    /// <summary>Sentences are separated by | in the expectation.</summary>
    [Theory]
    [InlineData("One. Two! Three? Four", "One.|Two!|Three?|Four")]
    [InlineData("Dr. Smith met Mrs. Jones at 5 p.m. in St. Louis. They talked.",
        "Dr. Smith met Mrs. Jones at 5 p.m. in St. Louis.|They talked.")]
    [InlineData("The U.S. Army left. He lives in the U.S. The end.", "The U.S. Army left.|He lives in the U.S.|The end.")]
    [InlineData("J. R. R. Tolkien wrote it, e.g. in Oxford, cf. Fig. 3. It sold.",
        "J. R. R. Tolkien wrote it, e.g. in Oxford, cf. Fig. 3.|It sold.")]
    [InlineData("Apples, pears etc. are fruit. Apples, pears etc. Bananas too.",
        "Apples, pears etc. are fruit.|Apples, pears etc.|Bananas too.")]
    [InlineData("Version 3.5 costs $1.50. See example.com for more. In 1990. Then.",
        "Version 3.5 costs $1.50.|See example.com for more.|In 1990.|Then.")]
    [InlineData("No. 5 is alive. She said no. He left on Jan. 5.", "No. 5 is alive.|She said no.|He left on Jan. 5.")]
    [InlineData("1. Mix it. 2. Bake it.", "1. Mix it.|2. Bake it.")]
    [InlineData("\"Stop!\" he said. (He meant it.) \"Go.\" She went.", "\"Stop!\" he said.|(He meant it.)|\"Go.\"|She went.")]
    [InlineData("Wait... what? No… Yes.", "Wait... what?|No…|Yes.")]
    [InlineData("Am 3. Oktober kam Hr. Maier, d.h. z.B. spät. Er blieb bis 12. Ende.",
        "Am 3. Oktober kam Hr. Maier, d.h. z.B. spät.|Er blieb bis 12.|Ende.")]
    [InlineData("all is lower. it ends here, e.g. there. vs. that etc. and so on.",
        "all is lower.|it ends here, e.g. there.|vs. that etc. and so on.")]
    [InlineData("A headline\nThe text goes\non here. And on\n\nnow", "A headline|The text goes\non here.|And on|now")]
    [InlineData("first line.\nsecond line\r\n- a bullet\r\n• another", "first line.|second line|- a bullet|• another")]
    [InlineData("今天很好。我们去吧！好吗？「はい。」と言った。终", "今天很好。|我们去吧！|好吗？|「はい。」と言った。|终")]
    [InlineData("यह है। वह था॥ هل تعرف؟ نعم.", "यह है।|वह था॥|هل تعرف؟|نعم.")]
    [InlineData("  *** \n\n ... ! ", "")]
    [InlineData("😀 ok. 😀", "😀 ok.|😀")]
    [InlineData("", "")]
    public void Texts_are_divided_at_full_stops(string text, string expected) =>
        Assert.Equal(expected, string.Join('|', SentenceSplitter.Split(text).Select(part => text[part.Start..part.End])));

    [Fact]
    public void Positions_are_in_order_within_any_text_and_leave_no_letter_out()
    {
        const string Characters = "aB1.。!\"' \n\r…)「」U.S.eg\ud83d\ude00\ud800é-";
        var random = new Random(1);
        for (int trial = 0; trial < 500; trial++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(60)).Select(_ => Characters[random.Next(Characters.Length)]));
            int last = 0;
            foreach ((int start, int end) in SentenceSplitter.Split(text))
            {
                Assert.True(last <= start && start < end && end <= text.Length, text);
                Assert.DoesNotContain(text[last..start], char.IsLetterOrDigit);
                Assert.False(char.IsWhiteSpace(text[start]) || char.IsWhiteSpace(text[end - 1]), text);
                last = end;
            }
            Assert.DoesNotContain(text[last..], char.IsLetterOrDigit);
        }
    }
}
