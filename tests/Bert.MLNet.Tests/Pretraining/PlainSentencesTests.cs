using System.IO.Compression;
using System.Text;
using Bert.MLNet.Pretraining;

namespace Bert.MLNet.Tests.Training;

public class PlainSentencesTests
{
    [Fact]
    public void Paragraphs_are_split_where_a_sentence_ends_and_a_capital_or_number_follows()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["a.txt"], """
            We left early. "Was it late?" Nobody knew the time! 20 people came.
            He paid 3.5 dollars, e.g. for tea.

            No.
            We left early.
            """);
        Assert.Equal(
            ["We left early.", "\"Was it late?\"", "Nobody knew the time!", "20 people came.", "He paid 3.5 dollars, e.g. for tea."],
            PlainSentences.Read(folder["a.txt"], minWords: 3, maxWords: 60));
        Assert.Equal(["We left early.", "20 people came."], PlainSentences.Read(folder["a.txt"], 3, 3).Where(s => s[0] != '"'));
    }

    [Fact]
    public void Columns_of_tables_are_read_compressed_or_not()
    {
        using var folder = new TemporaryFolder();
        using (var file = new GZipStream(File.Create(folder["a.tsv.gz"]), CompressionMode.Compress))
            file.Write(Encoding.UTF8.GetBytes("label\tfirst\tsecond\n1\tone two three\tfour five six\n"));
        File.WriteAllText(folder["b.csv"], "\"a plane, taking off\",an \"\"air\"\" plane,5\n");
        Assert.Equal(["one two three", "four five six"], PlainSentences.Read(folder["a.tsv.gz"] + ":1,2", 1, 60));
        Assert.Equal(["a plane, taking off"], PlainSentences.Read(folder["b.csv"] + ":0", 1, 60));
        var error = Assert.Throws<InvalidDataException>(() => PlainSentences.Read(folder["b.csv"] + ":7", 1, 60).ToArray());
        Assert.Contains("no column 7", error.Message, StringComparison.Ordinal);
    }
}
