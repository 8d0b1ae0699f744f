using Bert.MLNet.Files;

namespace Bert.MLNet.Tests.Files;

public class JsonLineTests
{
    [Theory]
    [InlineData("""{"text": "a", "\ud83d": 1}""")]
    [InlineData("""{"text": "a", "entities": [{"\udc00": 1, "start": 2}]}""")]
    public void A_name_with_half_a_surrogate_pair_is_an_error_with_its_line(string line)
    {
        InvalidDataException error =
            Assert.Throws<InvalidDataException>(() => new JsonLine(System.Text.Encoding.UTF8.GetBytes(line), 7, "'in.jsonl'"));
        Assert.StartsWith("Line 7 of 'in.jsonl' has a field whose name is not valid text", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_with_half_a_surrogate_pair_and_names_that_are_escaped_are_read() =>
        Assert.Equal("a\ud83db", new JsonLine("""{"t\u0065xt": "a\ud83db"}"""u8, 1, "'in.jsonl'").Text("text"));
}
